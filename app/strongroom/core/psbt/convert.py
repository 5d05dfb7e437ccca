"""A PSBT of one version written as the other (BIP-174, BIP-370): the same transaction, the same fields.

What leaves the station has the version that came in; this is for the online side and the software beside it,
much of which reads version 0 only.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import pack

from strongroom.core.bitcoin.codec import render_compact_size
from strongroom.core.bitcoin.model import Transaction
from strongroom.core.bitcoin.transaction import render_transaction
from strongroom.core.psbt import fields as f
from strongroom.core.psbt.maps import RawMap, render_map, split_key
from strongroom.core.psbt.model import Psbt
from strongroom.core.psbt.writer import MAGIC, render_psbt

_Fields = tuple[tuple[int, bytes], ...]


def render_as(psbt: Psbt, version: int) -> bytes:
    """`psbt` as version 0 or 2; fields that the other version alone knows are left out."""
    if psbt.version == version:
        return render_psbt(psbt)
    tx = psbt.transaction
    if version == 0:
        head: _Fields = ((f.GLOBAL_TX, render_transaction(tx, witness=False)),)
        inputs: tuple[_Fields, ...] = ((),) * len(tx.inputs)
        outputs: tuple[_Fields, ...] = ((),) * len(tx.outputs)
    else:
        head, inputs, outputs = _version2_parts(tx)
    kept = tuple((key, value) for key, value in psbt.raw_global if key[0] != f.GLOBAL_VERSION)
    maps = (
        _joined(head, kept, f.GLOBAL, version),
        *(
            _joined(i, old, f.INPUT, version)
            for i, old in zip(inputs, psbt.raw_inputs, strict=True)
        ),
        *(
            _joined(o, old, f.OUTPUT, version)
            for o, old in zip(outputs, psbt.raw_outputs, strict=True)
        ),
    )
    return MAGIC + b"".join(map(render_map, maps))


def _joined(parts: _Fields, old: RawMap, known: Mapping[int, f.Field], version: int) -> RawMap:
    """The transaction's `parts`, then those old pairs that `version` may carry, unknown ones too."""
    fields = ((pair, known.get(split_key(pair[0])[0])) for pair in old)
    kept = (pair for pair, field in fields if field is None or version in field.versions)
    return (*((bytes((number,)), value) for number, value in parts), *kept)


def _version2_parts(tx: Transaction) -> tuple[_Fields, tuple[_Fields, ...], tuple[_Fields, ...]]:
    head: _Fields = (
        (f.GLOBAL_TX_VERSION, pack("<i", tx.version)),
        (f.GLOBAL_FALLBACK_LOCKTIME, pack("<I", tx.locktime)),
        (f.GLOBAL_INPUT_COUNT, render_compact_size(len(tx.inputs))),
        (f.GLOBAL_OUTPUT_COUNT, render_compact_size(len(tx.outputs))),
        (f.GLOBAL_VERSION, pack("<I", 2)),
    )
    inputs = tuple(
        (
            (f.IN_PREVIOUS_TXID, given.outpoint.txid),
            (f.IN_OUTPUT_INDEX, pack("<I", given.outpoint.vout)),
            (f.IN_SEQUENCE, pack("<I", given.sequence)),
        )
        for given in tx.inputs
    )
    outputs = tuple(
        ((f.OUT_AMOUNT, pack("<q", output.amount)), (f.OUT_SCRIPT, output.script))
        for output in tx.outputs
    )
    return head, inputs, outputs

"""A version 2 PSBT written as version 0, for software that reads no other (BIP-174, BIP-370).

What leaves the station has the version that came in; this is for the online side's finalisers.
"""

from __future__ import annotations

from collections.abc import Mapping

from strongroom.core.bitcoin.transaction import render_transaction
from strongroom.core.psbt import fields as f
from strongroom.core.psbt.maps import RawMap, render_map, split_key
from strongroom.core.psbt.model import Psbt
from strongroom.core.psbt.writer import MAGIC, render_psbt


def render_version0(psbt: Psbt) -> bytes:
    """The same PSBT in version 0: the transaction as one field, every field of both versions kept."""
    if psbt.version == 0:
        return render_psbt(psbt)
    unsigned = (bytes((f.GLOBAL_TX,)), render_transaction(psbt.transaction, witness=False))
    kept = ((key, value) for key, value in psbt.raw_global if key != bytes((f.GLOBAL_VERSION,)))
    maps = (
        (unsigned, *_shared(tuple(kept), f.GLOBAL)),
        *(_shared(pairs, f.INPUT) for pairs in psbt.raw_inputs),
        *(_shared(pairs, f.OUTPUT) for pairs in psbt.raw_outputs),
    )
    return MAGIC + b"".join(map(render_map, maps))


def _shared(pairs: RawMap, known: Mapping[int, f.Field]) -> RawMap:
    """The pairs that version 0 may carry: unknown ones, and those of both versions."""
    fields = ((pair, known.get(split_key(pair[0])[0])) for pair in pairs)
    return tuple(pair for pair, field in fields if field is None or 0 in field.versions)

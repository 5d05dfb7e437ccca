"""The strict PSBT reader: versions 0 and 2, one reading of each file, no second guess.

Keeps PSBT-MAGIC, PSBT-DUPLICATE-KEY, PSBT-CANONICAL, PSBT-UNSIGNED-TX, PSBT-SIZE and PSBT-ROUNDTRIP. What it
accepts has exactly one spelling, so that the raw maps written again are the bytes that were read. Unknown
fields are listed; whether they are allowed is the review's to say. Sources: BIP-174, BIP-370, BIP-371.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from strongroom.core.bitcoin.codec import Reader
from strongroom.core.bitcoin.model import Transaction
from strongroom.core.bitcoin.transaction import read_inputs, read_outputs, render_transaction
from strongroom.core.errors import Violation
from strongroom.core.money import MAX_MONEY
from strongroom.core.progress import Progress, silent, watched
from strongroom.core.psbt import fields as f
from strongroom.core.psbt.maps import FieldMap, MapReader, Reading, read_fields
from strongroom.core.psbt.model import Psbt, PsbtInput, PsbtMaps, PsbtOutput
from strongroom.core.psbt.values import PreviousTransactions
from strongroom.core.psbt.version2 import assemble, render_parts

MAGIC = b"psbt\xff"
SIZE_CAP = 32 * 1024 * 1024
COUNT_CAP = 10_000
VERSIONS = (0, 2)
TX_VERSIONS = (1, 2, 3)


def decode_psbt_file(data: bytes) -> bytes:
    """The binary PSBT in a file that holds it as it is, in base64 (lines allowed) or in hex.

    Raises PSBT-MAGIC for anything else, for base64 with stray bits too, and PSBT-SIZE over 32 MiB.
    """
    if data.startswith(MAGIC):
        return _capped(data)
    text = b"".join(data.split())
    try:
        if text[:10].lower() == MAGIC.hex().encode():
            decoded = bytes.fromhex(text.decode("ascii"))
        else:
            decoded = base64.b64decode(text, validate=True)
            if base64.b64encode(decoded) != text:
                raise Violation("PSBT-MAGIC", "the base64 text has stray bits at its end")
    except (ValueError, binascii.Error):
        raise _no_magic(data) from None
    if not decoded.startswith(MAGIC):
        raise _no_magic(data)
    return _capped(decoded)


def parse_psbt(data: bytes, progress: Progress = silent) -> Psbt:
    """The PSBT in binary `data`; raises a PSBT-* rule for whatever is not canonical."""
    found = _split(data)
    previous = f.INPUT[f.IN_NON_WITNESS_UTXO]
    known = {
        **f.INPUT,
        f.IN_NON_WITNESS_UTXO: previous._replace(parse=PreviousTransactions().parse),
    }
    tables = (*((raw, known) for raw in found.inputs), *((raw, f.OUTPUT) for raw in found.outputs))
    readings = [read_fields(raw, table, found.version) for raw, table in watched(tables, progress)]
    inputs, outputs = readings[: len(found.inputs)], readings[len(found.inputs) :]
    tx = found.unsigned or assemble(found.head, inputs, outputs)
    _check_transaction(tx)
    return Psbt(
        version=found.version,
        transaction=tx,
        inputs=tuple(PsbtInput(**reading.values) for reading in inputs),
        outputs=tuple(PsbtOutput(**reading.values) for reading in outputs),
        unknown_fields=tuple(
            field for reading in (found.head, *readings) for field in reading.unknown
        ),
        modifiable=found.head.values.get("modifiable", 0),
        xpubs=found.head.values.get("xpubs", ()),
        raw_global=found.raw_global.pairs,
        raw_inputs=tuple(raw.pairs for raw in found.inputs),
        raw_outputs=tuple(raw.pairs for raw in found.outputs),
    )


def split_psbt(data: bytes) -> PsbtMaps:
    """The maps in binary `data`, whose inputs' and outputs' fields are not read; else a PSBT-* rule."""
    found = _split(data)
    return PsbtMaps(
        version=found.version,
        raw_global=found.raw_global.pairs,
        raw_inputs=tuple(raw.pairs for raw in found.inputs),
        raw_outputs=tuple(raw.pairs for raw in found.outputs),
    )


def check_roundtrip(psbt: Psbt) -> None:
    """PSBT-ROUNDTRIP: the transaction that will be hashed is, to the byte, the one in the raw fields."""
    ours = render_transaction(psbt.transaction, witness=False)
    raw_tx = dict(psbt.raw_global).get(bytes((f.GLOBAL_TX,)))
    theirs = render_parts(psbt) if raw_tx is None else raw_tx
    if ours != theirs:
        raise Violation(
            "PSBT-ROUNDTRIP",
            f"the transaction, written again in {len(ours)} bytes, is not the one of {len(theirs)} "
            "bytes in the PSBT",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    """A PSBT cut into its maps, of which the global one is read."""

    version: int
    head: Reading
    unsigned: Transaction | None
    raw_global: FieldMap
    inputs: list[FieldMap]
    outputs: list[FieldMap]


def _split(data: bytes) -> _Split:
    _capped(data)
    if not data.startswith(MAGIC):
        raise _no_magic(data)
    maps = MapReader(data, len(MAGIC))
    raw_global = maps.read("global map")
    version = _read_version(dict(raw_global.pairs))
    head = read_fields(raw_global, f.GLOBAL, version)
    unsigned = _read_unsigned(head) if version == 0 else None
    in_count, out_count = _count_maps(head, unsigned)
    inputs = [maps.read(f"input {index}") for index in range(in_count)]
    outputs = [maps.read(f"output {index}") for index in range(out_count)]
    maps.check_end()
    return _Split(
        version=version,
        head=head,
        unsigned=unsigned,
        raw_global=raw_global,
        inputs=inputs,
        outputs=outputs,
    )


def _capped(data: bytes) -> bytes:
    if len(data) > SIZE_CAP:
        raise Violation("PSBT-SIZE", f"the PSBT has {len(data)} bytes, {SIZE_CAP} are read")
    return data


def _no_magic(data: bytes) -> Violation:
    return Violation(
        "PSBT-MAGIC",
        f"a PSBT starts with 70736274ff, this starts with {data[:5].hex() or 'nothing'}",
        hint="export the transaction as PSBT, in a binary, base64 or hex file",
    )


def _read_version(head: dict[bytes, bytes]) -> int:
    """The PSBT's version, before any other field is looked at: it says which of them may be there."""
    raw = head.get(bytes((f.GLOBAL_VERSION,)), bytes(4))
    version = int.from_bytes(raw, "little")
    if version not in VERSIONS:
        raise Violation("PSBT-MAGIC", f"the PSBT is of version {version}; 0 and 2 are read")
    return version


def _read_unsigned(head: Reading) -> Transaction:
    """The unsigned transaction of a version 0 PSBT, without scriptSigs and witnesses."""
    raw = head.parts.get("unsigned_tx")
    if raw is None:
        raise _unsigned("a PSBT of version 0 has no unsigned transaction")
    reader = Reader(raw, rule="PSBT-CANONICAL")
    try:
        version = reader.i32()
        if raw[4:6] == b"\x00\x01":
            raise _unsigned("there are no inputs, or it is written with witnesses")
        inputs = read_inputs(reader, _capped_count(reader.compact_size(), "inputs"))
        outputs = read_outputs(reader, _capped_count(reader.compact_size(), "outputs"))
        locktime = reader.u32()
        reader.check_end()
    except Violation as stop:
        raise Violation(stop.rule, f"the unsigned transaction: {stop.message}") from None
    for index, given in enumerate(inputs):
        if given.script_sig:
            raise _unsigned(
                f"input {index} of the transaction has a scriptSig of {len(given.script_sig)} bytes"
            )
    return Transaction(version=version, inputs=inputs, outputs=outputs, locktime=locktime)


def _count_maps(head: Reading, unsigned: Transaction | None) -> tuple[int, int]:
    if unsigned:
        return len(unsigned.inputs), len(unsigned.outputs)
    counts = []
    for what in ("inputs", "outputs"):
        slot = f"{what[:-1]}_count"
        if slot not in head.parts:
            raise _unsigned(f"the field {slot.upper()} is missing")
        counts.append(_capped_count(head.parts[slot], what))
    return counts[0], counts[1]


def _capped_count(count: int, what: str) -> int:
    if count == 0:
        raise _unsigned(f"there are no {what}")
    if count > COUNT_CAP:
        raise Violation("PSBT-SIZE", f"there are {count} {what}, {COUNT_CAP} are read")
    return count


def _check_transaction(tx: Transaction) -> None:
    if tx.version not in TX_VERSIONS:
        raise _unsigned(f"the transaction is of version {tx.version}; 1, 2 and 3 are signed")
    for index, output in enumerate(tx.outputs):
        if not 0 <= output.amount <= MAX_MONEY:
            raise _unsigned(f"output {index} of the transaction has the amount {output.amount}")


def _unsigned(what: str) -> Violation:
    return Violation("PSBT-UNSIGNED-TX", what)

"""The unsigned transaction of a version 2 PSBT, assembled from its fields (BIP-370)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from strongroom.core.bitcoin.codec import render_compact_size, render_var_bytes
from strongroom.core.bitcoin.model import OutPoint, Transaction, TxInput, TxOutput
from strongroom.core.errors import Violation
from strongroom.core.psbt import fields as f
from strongroom.core.psbt.maps import RawMap, Reading
from strongroom.core.psbt.model import Psbt

RULE = "PSBT-UNSIGNED-TX"
FINAL_SEQUENCE = 0xFFFF_FFFF

_GLOBAL_LOCKS = {bytes((f.GLOBAL_FALLBACK_LOCKTIME,)): "fallback_locktime"}
_INPUT_LOCKS = {
    bytes((number,)): f.INPUT[number].slot for number in (f.IN_TIME_LOCKTIME, f.IN_HEIGHT_LOCKTIME)
}


def assemble(head: Reading, inputs: Sequence[Reading], outputs: Sequence[Reading]) -> Transaction:
    """The transaction that the fields describe; PSBT-UNSIGNED-TX when one is missing."""
    return Transaction(
        version=_need(head, "tx_version"),
        inputs=tuple(_assemble_input(reading) for reading in inputs),
        outputs=tuple(
            TxOutput(_need(reading, "amount"), _need(reading, "script")) for reading in outputs
        ),
        locktime=_locktime(head.parts, [reading.parts for reading in inputs]),
    )


def render_parts(psbt: Psbt) -> bytes:
    """The unsigned transaction put together from the raw fields of a version 2 PSBT.

    A second way to the bytes that `assemble` leads to, past every value that was parsed on that way.
    """
    head = dict(psbt.raw_global)
    parts = [head[bytes((f.GLOBAL_TX_VERSION,))], render_compact_size(len(psbt.raw_inputs))]
    parts += map(_render_input, psbt.raw_inputs)
    parts.append(render_compact_size(len(psbt.raw_outputs)))
    parts += map(_render_output, psbt.raw_outputs)
    locks = [_raw_locks(pairs, _INPUT_LOCKS) for pairs in psbt.raw_inputs]
    locktime = _locktime(_raw_locks(psbt.raw_global, _GLOBAL_LOCKS), locks)
    parts.append(locktime.to_bytes(4, "little"))
    return b"".join(parts)


def _raw_locks(pairs: RawMap, slots: Mapping[bytes, str]) -> dict[str, int]:
    return {slots[key]: int.from_bytes(value, "little") for key, value in pairs if key in slots}


def _render_input(pairs: RawMap) -> bytes:
    fields = dict(pairs)
    sequence = fields.get(bytes((f.IN_SEQUENCE,)), b"\xff\xff\xff\xff")
    txid, vout = fields[bytes((f.IN_PREVIOUS_TXID,))], fields[bytes((f.IN_OUTPUT_INDEX,))]
    return txid + vout + b"\x00" + sequence


def _render_output(pairs: RawMap) -> bytes:
    fields = dict(pairs)
    return fields[bytes((f.OUT_AMOUNT,))] + render_var_bytes(fields[bytes((f.OUT_SCRIPT,))])


def _assemble_input(reading: Reading) -> TxInput:
    return TxInput(
        OutPoint(_need(reading, "previous_txid"), _need(reading, "output_index")),
        reading.parts.get("sequence", FINAL_SEQUENCE),
    )


def _locktime(head: Mapping[str, int], inputs: Sequence[Mapping[str, int]]) -> int:
    """BIP-370, "Determining Lock Time": a height wherever heights will do for every input."""
    heights = [parts.get("required_height_locktime") for parts in inputs]
    times = [parts.get("required_time_locktime") for parts in inputs]
    locked = [index for index, pair in enumerate(zip(heights, times, strict=True)) if any(pair)]
    if not locked:
        return head.get("fallback_locktime", 0)
    for kind in (heights, times):
        wanted = [lock for index in locked if (lock := kind[index]) is not None]
        if len(wanted) == len(locked):
            return max(wanted)
    by_height = next(index for index in locked if times[index] is None)
    by_time = next(index for index in locked if heights[index] is None)
    raise Violation(
        RULE,
        f"input {by_height} is locked until height {heights[by_height]} and input {by_time} until "
        f"time {times[by_time]}, which no one lock time gives",
    )


def _need(reading: Reading, slot: str) -> Any:  # noqa: ANN401 - as the field table has it
    value = reading.parts.get(slot)
    if value is None:
        raise Violation(RULE, f"{reading.scope}: the field {slot.upper()} is missing")
    return value

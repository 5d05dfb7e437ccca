"""Transactions from bytes and back, and what a previous transaction proves.

Reading is canonical: what `parse_transaction` accepts, `render_transaction` gives back byte for byte
(BIP-144 for the witness form). A previous transaction can be 100 kB and there can be thousands of
them, so `parse_previous_transaction` walks over its inputs without making anything of them.
"""

from __future__ import annotations

from hashlib import sha256
from struct import Struct
from struct import error as StructError  # noqa: N812 - it is an exception type

from strongroom.core.bitcoin.codec import (
    LONG_SIZE,
    Reader,
    render_compact_size,
    render_var_bytes,
    sha256d,
)
from strongroom.core.bitcoin.model import OutPoint, Transaction, TxInput, TxOutput
from strongroom.core.errors import Violation
from strongroom.core.money import Sats

_AMOUNT = Struct("<q")
_OUTPOINT = Struct("<32sI")
_WITNESS_FORM = b"\x00\x01"


def parse_transaction(data: bytes, *, rule: str) -> Transaction:
    """The transaction that these bytes are, with or without witness, and nothing else.

    Raises `Violation` under `rule` for bytes with another spelling, left over or missing, and for a
    transaction without inputs, whose bytes cannot be told from the witness form.
    """
    reader = Reader(data, rule=rule)
    version = reader.i32()
    has_witness = data[4:6] == _WITNESS_FORM
    if has_witness:
        reader.take(2)
    inputs = read_inputs(reader, reader.compact_size())
    if not inputs:
        raise Violation(rule, "the transaction has no input")
    outputs = read_outputs(reader, reader.compact_size())
    if has_witness:
        stacks = tuple(read_stack(reader) for _ in inputs)
        if not any(stacks):
            raise Violation(rule, "the transaction has the witness form and no witness")
        inputs = tuple(
            TxInput(each.outpoint, each.sequence, each.script_sig, stack)
            for each, stack in zip(inputs, stacks, strict=True)
        )
    locktime = reader.u32()
    reader.check_end()
    return Transaction(version=version, inputs=inputs, outputs=outputs, locktime=locktime)


def read_inputs(reader: Reader, count: int) -> tuple[TxInput, ...]:
    """The next `count` inputs, without their witnesses."""
    inputs = []
    for _ in range(count):
        outpoint = OutPoint(*_OUTPOINT.unpack(reader.take(_OUTPOINT.size)))
        script_sig = reader.var_bytes()
        inputs.append(TxInput(outpoint, reader.u32(), script_sig))
    return tuple(inputs)


def read_outputs(reader: Reader, count: int) -> tuple[TxOutput, ...]:
    """The next `count` outputs; amounts are as written, even if they make no sense."""
    return tuple(TxOutput(Sats(reader.i64()), reader.var_bytes()) for _ in range(count))


def parse_output(raw: bytes, *, rule: str) -> TxOutput:
    """The output that these bytes are; raises `Violation` under `rule`."""
    try:
        output, end = _output_at(raw, 0, rule)
    except (IndexError, StructError):
        end = 0
    if end != len(raw) or not raw:
        raise Violation(rule, f"{len(raw)} bytes are not one amount with its script")
    return output


def read_stack(reader: Reader) -> tuple[bytes, ...]:
    """One witness stack."""
    items = []
    for _ in range(reader.compact_size()):
        items.append(reader.var_bytes())  # noqa: PERF401 - the count is not to be trusted
    return tuple(items)


def render_transaction(tx: Transaction, *, witness: bool = True) -> bytes:
    """The bytes of `tx`; without `witness` those that its txid is over."""
    extended = witness and any(each.witness for each in tx.inputs)
    parts = [tx.version.to_bytes(4, "little", signed=True)]
    if extended:
        parts.append(_WITNESS_FORM)
    parts.append(render_compact_size(len(tx.inputs)))
    parts += [
        b"".join(
            (
                render_outpoint(each.outpoint),
                render_var_bytes(each.script_sig),
                each.sequence.to_bytes(4, "little"),
            )
        )
        for each in tx.inputs
    ]
    parts.append(render_compact_size(len(tx.outputs)))
    parts += map(render_output, tx.outputs)
    if extended:
        for each in tx.inputs:
            parts.append(render_compact_size(len(each.witness)))
            parts += map(render_var_bytes, each.witness)
    parts.append(tx.locktime.to_bytes(4, "little"))
    return b"".join(parts)


def render_outpoint(outpoint: OutPoint) -> bytes:
    """An outpoint's 36 bytes."""
    return outpoint.txid + outpoint.vout.to_bytes(4, "little")


def render_output(output: TxOutput) -> bytes:
    """An amount and a script as they stand in a transaction."""
    return _AMOUNT.pack(output.amount) + render_var_bytes(output.script)


def transaction_id(tx: Transaction) -> bytes:
    """The txid in internal order."""
    return sha256d(render_transaction(tx, witness=False))


def render_txid(txid: bytes) -> str:
    """A txid as people see it, in reversed hex."""
    return txid[::-1].hex()


def parse_previous_transaction(raw: bytes, *, rule: str) -> tuple[bytes, tuple[TxOutput, ...]]:
    """The txid and the outputs of a transaction, read as strictly as `parse_transaction` reads.

    Raises `Violation` under `rule`.
    """
    has_witness = raw[4:6] == _WITNESS_FORM
    start = 6 if has_witness else 4
    try:
        count, position = _skip_inputs(raw, start, rule)
        outputs, end = _walk_outputs(raw, position, rule)
        position = _skip_witnesses(raw, end, count, rule) if has_witness else end
    except (IndexError, OverflowError, StructError):  # a size may lead behind any memory
        raise Violation(rule, f"a transaction of {len(raw)} bytes is cut short") from None
    if position + 4 != len(raw):
        found = len(raw) - position
        raise Violation(rule, f"{found} bytes stand where a locktime of 4 ends the transaction")
    state = sha256(raw[:4])
    state.update(memoryview(raw)[start:end])
    state.update(raw[-4:])
    return sha256(state.digest()).digest(), outputs


def _size_at(raw: bytes, position: int, rule: str) -> tuple[int, int]:
    """The compact size at `position` and where it ends; `IndexError` when the bytes end first."""
    first = raw[position]
    if first < LONG_SIZE:
        return first, position + 1
    reader = Reader(raw[position : position + 9], rule=rule)
    return reader.compact_size(), position + reader.offset


def _skip_inputs(raw: bytes, position: int, rule: str) -> tuple[int, int]:
    count, position = _size_at(raw, position, rule)
    if not count:
        raise Violation(rule, "the transaction has no input")
    for _ in range(count):
        position += _OUTPOINT.size
        length = raw[position]
        if length < LONG_SIZE:
            position += 5 + length
        else:
            length, position = _size_at(raw, position, rule)
            position += length + 4
    return count, position


def _walk_outputs(raw: bytes, position: int, rule: str) -> tuple[tuple[TxOutput, ...], int]:
    count, position = _size_at(raw, position, rule)
    outputs = []
    for _ in range(count):
        output, position = _output_at(raw, position, rule)
        outputs.append(output)
    return tuple(outputs), position


def _output_at(raw: bytes, position: int, rule: str) -> tuple[TxOutput, int]:
    (amount,) = _AMOUNT.unpack_from(raw, position)
    length, start = _size_at(raw, position + _AMOUNT.size, rule)
    end = start + length
    return TxOutput(amount, raw[start:end]), end


def _skip_witnesses(raw: bytes, position: int, inputs: int, rule: str) -> int:
    items = 0
    for _ in range(inputs):
        count, position = _size_at(raw, position, rule)
        items += count
        for _ in range(count):
            length = raw[position]
            if length < LONG_SIZE:
                position += 1 + length
            else:
                length, position = _size_at(raw, position, rule)
                position += length
    if not items:
        raise Violation(rule, "the transaction has the witness form and no witness")
    return position

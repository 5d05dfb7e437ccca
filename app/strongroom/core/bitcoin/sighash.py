"""What a signature commits to, computed by ourselves: the legacy hash, BIP-143 and BIP-341.

All sighash types come out right, since published vectors test them; that only SIGHASH_ALL is ever signed is a
rule of the review. What all inputs share is hashed once. The legacy hash covers the whole transaction anew for
each input, with that input's script in it: what stands before the input is the same for all that follow, and
its hash is kept at every 64th input; what stands behind has to be hashed again each time, which two processors
do ahead of the review.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from strongroom.core.bitcoin.codec import render_compact_size as size_of
from strongroom.core.bitcoin.codec import render_var_bytes, sha256d, tagged_hash
from strongroom.core.bitcoin.model import Transaction, TxInput, TxOutput
from strongroom.core.bitcoin.transaction import render_outpoint, render_output
from strongroom.core.errors import Violation
from strongroom.core.parallel import map_in_parallel

if TYPE_CHECKING:
    from hashlib import _Hash

ALL, NONE, SINGLE, ANYONECANPAY = 1, 2, 3, 0x80
TAPROOT_TYPES = frozenset((0, 1, 2, 3, 0x81, 0x82, 0x83))

_BASE = 0x1F
_SINGLE_BUG = (1).to_bytes(32, "little")
_NO_OUTPUT = b"\xff" * 8 + b"\x00"
_NO_CODESEPARATOR = b"\xff\xff\xff\xff"
_OP_CODESEPARATOR = 0xAB
_OP_PUSHDATA = {0x4C: 1, 0x4D: 2, 0x4E: 4}
_BLANK_SIZE = 41  # an input with an empty script
_KEPT_EVERY = 64


class SighashContext:
    """The signature hashes of one transaction; `spent` are the outputs that its inputs spend."""

    def __init__(self, tx: Transaction, spent: tuple[TxOutput, ...]) -> None:
        self._tx = tx
        self._spent = spent
        self._version = tx.version.to_bytes(4, "little", signed=True)
        self._locktime = tx.locktime.to_bytes(4, "little")
        self._ahead: dict[tuple[int, bytes], bytes] = {}

    def legacy(self, index: int, script_code: bytes, sighash_type: int) -> bytes:
        """The hash before segwit, 32 bytes; SINGLE without its output gives the historic 1."""
        known = self._ahead.get((index, script_code)) if sighash_type == ALL else None
        return known or self._legacy(index, script_code, sighash_type)

    def legacy_ahead(self, script_codes: Sequence[bytes]) -> None:
        """Compute the hash of type ALL of every input on two processors, for `legacy` to find.

        It finds them by index and script code: a script code that turns out to be another costs time only.
        """
        places = tuple(enumerate(script_codes))
        hashes = map_in_parallel(lambda place: self._legacy(*place, ALL), places)
        self._ahead = dict(zip(places, hashes, strict=True))

    def _legacy(self, index: int, script_code: bytes, sighash_type: int) -> bytes:
        base = sighash_type & _BASE
        if base == SINGLE and index >= len(self._tx.outputs):
            return _SINGLE_BUG
        own = self._tx.inputs[index]
        code = render_var_bytes(without_codeseparators(script_code))
        signed = render_outpoint(own.outpoint) + code + _sequence(own)
        if sighash_type & ANYONECANPAY:
            state = hashlib.sha256(self._version + b"\x01" + signed)
        elif base in {NONE, SINGLE}:
            inputs = [render_outpoint(each.outpoint) + bytes(5) for each in self._tx.inputs]
            inputs[index] = signed
            state = hashlib.sha256(self._version + size_of(len(inputs)) + b"".join(inputs))
        else:
            state = self._prefix_until(index)
            state.update(signed)
            state.update(self._blank_inputs[_BLANK_SIZE * (index + 1) :])
        state.update(self._legacy_outputs(index, base))
        state.update(self._locktime + (sighash_type & 0xFFFF_FFFF).to_bytes(4, "little"))
        return hashlib.sha256(state.digest()).digest()

    def segwit_v0(self, index: int, script_code: bytes, sighash_type: int) -> bytes:
        """The hash of BIP-143, 32 bytes."""
        own, base = self._tx.inputs[index], sighash_type & _BASE
        anyone = sighash_type & ANYONECANPAY
        prevouts = bytes(32) if anyone else self._double_prevouts
        sequences = bytes(32) if anyone or base in {NONE, SINGLE} else self._double_sequences
        if base == SINGLE and index < len(self._tx.outputs):
            outputs = sha256d(render_output(self._tx.outputs[index]))
        else:
            outputs = bytes(32) if base in {NONE, SINGLE} else self._double_outputs
        return sha256d(
            b"".join(
                (
                    self._version,
                    prevouts,
                    sequences,
                    render_outpoint(own.outpoint),
                    render_var_bytes(script_code),
                    _amount(self._spent[index]),
                    _sequence(own),
                    outputs,
                    self._locktime,
                    (sighash_type & 0xFFFF_FFFF).to_bytes(4, "little"),
                )
            )
        )

    def taproot(
        self,
        index: int,
        sighash_type: int,
        *,
        leaf_hash: bytes | None = None,
        annex: bytes | None = None,
    ) -> bytes:
        """The hash of BIP-341, 32 bytes; with `leaf_hash` that of BIP-342 for a script path.

        Raises SIGHASH-TYPE for a type that BIP-341 does not define, and for SINGLE without its output.
        """
        _check_taproot_type(index, sighash_type, len(self._tx.outputs))
        base, anyone = sighash_type & 3, sighash_type & ANYONECANPAY
        own = self._tx.inputs[index]
        parts = [b"\x00", bytes((sighash_type,)), self._version, self._locktime]
        if not anyone:
            parts += (self._sha_prevouts, self._sha_amounts, self._sha_scripts, self._sha_sequences)
        if base not in {NONE, SINGLE}:
            parts.append(self._sha_outputs)
        parts.append(bytes((2 * (leaf_hash is not None) + (annex is not None),)))
        if anyone:
            spent = render_output(self._spent[index])
            parts += (render_outpoint(own.outpoint), spent, _sequence(own))
        else:
            parts.append(index.to_bytes(4, "little"))
        if annex is not None:
            parts.append(hashlib.sha256(render_var_bytes(annex)).digest())
        if base == SINGLE:
            parts.append(hashlib.sha256(render_output(self._tx.outputs[index])).digest())
        if leaf_hash is not None:
            parts += (leaf_hash, b"\x00", _NO_CODESEPARATOR)
        return tagged_hash("TapSighash", b"".join(parts))

    def _prefix_until(self, index: int) -> _Hash:
        """SHA-256 over everything before input `index`, the inputs blank."""
        kept, rest = divmod(index, _KEPT_EVERY)
        state = self._prefixes[kept].copy()
        state.update(self._blank_inputs[_BLANK_SIZE * (index - rest) : _BLANK_SIZE * index])
        return state

    def _legacy_outputs(self, index: int, base: int) -> bytes:
        if base == NONE:
            return b"\x00"
        if base == SINGLE:
            own = render_output(self._tx.outputs[index])
            return size_of(index + 1) + _NO_OUTPUT * index + own
        return self._all_outputs

    @cached_property
    def _blank_inputs(self) -> memoryview:
        return memoryview(
            b"".join(
                render_outpoint(each.outpoint) + b"\x00" + _sequence(each)
                for each in self._tx.inputs
            )
        )

    @cached_property
    def _prefixes(self) -> tuple[_Hash, ...]:
        """SHA-256 over everything before every 64th input, the inputs blank."""
        state = hashlib.sha256(self._version + size_of(len(self._tx.inputs)))
        kept = [state.copy()]
        step = _BLANK_SIZE * _KEPT_EVERY
        for start in range(0, len(self._blank_inputs), step):
            state.update(self._blank_inputs[start : start + step])
            kept.append(state.copy())
        return tuple(kept)

    @cached_property
    def _all_outputs(self) -> bytes:
        return size_of(len(self._tx.outputs)) + b"".join(map(render_output, self._tx.outputs))

    @cached_property
    def _sha_prevouts(self) -> bytes:
        return _sha(render_outpoint(each.outpoint) for each in self._tx.inputs)

    @cached_property
    def _sha_sequences(self) -> bytes:
        return _sha(map(_sequence, self._tx.inputs))

    @cached_property
    def _sha_outputs(self) -> bytes:
        return _sha(map(render_output, self._tx.outputs))

    @cached_property
    def _sha_amounts(self) -> bytes:
        return _sha(map(_amount, self._spent))

    @cached_property
    def _sha_scripts(self) -> bytes:
        return _sha(render_var_bytes(output.script) for output in self._spent)

    @cached_property
    def _double_prevouts(self) -> bytes:
        return hashlib.sha256(self._sha_prevouts).digest()

    @cached_property
    def _double_sequences(self) -> bytes:
        return hashlib.sha256(self._sha_sequences).digest()

    @cached_property
    def _double_outputs(self) -> bytes:
        return hashlib.sha256(self._sha_outputs).digest()


def without_codeseparators(script: bytes) -> bytes:
    """`script` with every OP_CODESEPARATOR taken out, as the legacy hash demands.

    Data that is pushed stays, and so does everything from a push on that runs past the end.
    """
    if _OP_CODESEPARATOR not in script:
        return script
    kept, offset = bytearray(), 0
    while offset < len(script):
        size = _operation_size(script, offset)
        if script[offset] != _OP_CODESEPARATOR:
            kept += script[offset : offset + size]
        offset += size
    return bytes(kept)


def _operation_size(script: bytes, offset: int) -> int:
    operation = script[offset]
    if operation < min(_OP_PUSHDATA):
        return 1 + operation
    width = _OP_PUSHDATA.get(operation)
    if width is None:
        return 1
    if offset + 1 + width > len(script):
        return len(script) - offset
    return 1 + width + int.from_bytes(script[offset + 1 : offset + 1 + width], "little")


def _check_taproot_type(index: int, sighash_type: int, outputs: int) -> None:
    if sighash_type not in TAPROOT_TYPES:
        raise Violation("SIGHASH-TYPE", f"input {index}: no taproot hash has type {sighash_type}")
    if sighash_type & 3 == SINGLE and index >= outputs:
        raise Violation("SIGHASH-TYPE", f"input {index}: SIGHASH_SINGLE has no output {index}")


def _sequence(given: TxInput) -> bytes:
    return given.sequence.to_bytes(4, "little")


def _amount(output: TxOutput) -> bytes:
    return output.amount.to_bytes(8, "little", signed=True)


def _sha(parts: Iterable[bytes]) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()

"""Whether an input spends its output, for the scripts that wallets have: one key, or some of many.

Not an interpreter: a script of another form is `Unjudged`, which is neither good nor bad. Signatures must cover
the whole transaction; encodings are strict; a multisig takes its signatures in the order of its keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from strongroom.core.bitcoin.codec import hash160
from strongroom.core.bitcoin.model import TxInput
from strongroom.core.bitcoin.sighash import ALL, SighashContext
from strongroom.core.bitcoin.signatures import verify_ecdsa, verify_schnorr
from strongroom.core.descriptor.scripts import sh_script, wsh_script
from strongroom.core.errors import Violation

RULE = "PROOF"
_KEY_HASH, _PROGRAM = 22, 34
_PKH, _SH = 25, 23
_SCHNORR_SIZES = (64, 65)
_CHECKMULTISIG = 0xAE
_PUSH_KEY = 33
_ONE, _SIXTEEN = 0x51, 0x60
_PUSH_CAP = 0x4C
_PUSHDATA = {0x4C: 1, 0x4D: 2}
_SMALLEST_MULTI = 3 + 34

_Hash = Callable[[int], bytes]


class Unjudged(Violation):
    """A script of a form that is not known here; other software may be able to judge it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            "PROOF-SCRIPT",
            f"{what} can not be judged here",
            hint="only single keys, multisig and taproot's key path are; ask a full node",
        )


def verify_spend(index: int, spent: bytes, given: TxInput, context: SighashContext) -> None:
    """Input `index` spends the script `spent`; raises PROOF, or PROOF-SCRIPT when it can not be told."""
    try:
        _verify(index, spent, given, context)
    except ValueError as error:
        raise Violation(RULE, f"input {index}: {error}") from None
    except Unjudged:
        raise
    except Violation as stop:
        raise Violation(RULE, f"input {index}: {stop.message}") from None


def _verify(index: int, spent: bytes, given: TxInput, context: SighashContext) -> None:
    legacy = partial(_legacy, context, index)
    if _is_witness(spent):
        if given.script_sig:
            raise ValueError("a script stands beside the witness")
        _verify_witness(index, spent, given.witness, context)
    elif len(spent) == _PKH and spent[:3] == b"\x76\xa9\x14":
        if given.witness:
            raise ValueError("a witness stands where there is no use for one")
        _verify_key(spent[3:23], _pushes(given.script_sig), legacy(spent))
    elif len(spent) == _SH and spent[:2] == b"\xa9\x14":
        stack = _pushes(given.script_sig)
        if not stack or sh_script(stack[-1]) != spent:
            raise ValueError("the redeem script is not that of the address")
        redeem = stack[-1]
        if _is_witness(redeem):
            if len(stack) != 1:
                raise ValueError("more than the redeem script stands beside the witness")
            _verify_witness(index, redeem, given.witness, context)
        elif given.witness:
            raise ValueError("a witness stands where there is no use for one")
        else:
            _verify_multi(redeem, stack[:-1], legacy(redeem))
    else:
        raise Unjudged(f"input {index}, a script of {len(spent)} bytes,")


def _verify_witness(
    index: int, program: bytes, stack: Sequence[bytes], context: SighashContext
) -> None:
    if len(program) == _KEY_HASH and program[0] == 0:
        code = b"\x76\xa9\x14" + program[2:] + b"\x88\xac"
        _verify_key(program[2:], stack, partial(context.segwit_v0, index, code))
    elif len(program) == _PROGRAM and program[0] == 0:
        if not stack or wsh_script(stack[-1]) != program:
            raise ValueError("the witness script is not that of the address")
        _verify_multi(stack[-1], stack[:-1], partial(context.segwit_v0, index, stack[-1]))
    elif len(program) == _PROGRAM and program[0] == _ONE:
        if len(stack) > 1:
            raise Unjudged(f"input {index}, a spend by a taproot script,")
        signature = stack[0] if stack else b""
        if len(signature) not in _SCHNORR_SIZES:
            raise ValueError(f"a taproot signature of {len(signature)} bytes")
        sighash_type = signature[64] if len(signature) > 64 else 0  # noqa: PLR2004 - BIP-341
        if len(signature) > 64 and sighash_type != ALL:  # noqa: PLR2004 - as above
            raise ValueError("a signature does not cover the whole message")
        digest = context.taproot(index, sighash_type)
        verify_schnorr(program[2:], digest, signature[:64], rule=RULE)
    else:
        raise Unjudged(f"input {index}, a witness program of version {program[0]},")


def _verify_key(key_hash: bytes, stack: Sequence[bytes], hasher: Callable[[int], bytes]) -> None:
    if len(stack) != 2 or hash160(stack[1]) != key_hash:  # noqa: PLR2004 - signature and key
        raise ValueError("no signature and key of the address")
    _verify_ecdsa(stack[1], stack[0], hasher)


def _verify_multi(script: bytes, stack: Sequence[bytes], hasher: _Hash) -> None:
    threshold, keys = _parse_multi(script)
    if len(stack) != threshold + 1 or stack[0]:
        raise ValueError(f"{len(stack) - 1} signatures where {threshold} are needed")
    left = list(keys)
    for signature in stack[1:]:
        while True:
            if not left:
                raise ValueError("a signature is of none of the keys, or out of their order")
            try:
                _verify_ecdsa(left.pop(0), signature, hasher)
            except Violation:
                continue
            break


def _verify_ecdsa(public_key: bytes, signature: bytes, hasher: _Hash) -> None:
    if signature[-1:] != bytes((ALL,)):
        raise ValueError("a signature does not cover the whole message")
    verify_ecdsa(public_key, hasher(ALL), signature[:-1], rule=RULE)


def _parse_multi(script: bytes) -> tuple[int, tuple[bytes, ...]]:
    if len(script) < _SMALLEST_MULTI or script[-1] != _CHECKMULTISIG:
        raise Unjudged(f"a script of {len(script)} bytes that is no multisig")
    count, threshold = script[-2] - _ONE + 1, script[0] - _ONE + 1
    body = script[1:-2]
    size = 1 + _PUSH_KEY
    keys = tuple(body[at + 1 : at + size] for at in range(0, len(body), size))
    shaped = b"".join(bytes((_PUSH_KEY,)) + key for key in keys) == body
    if not shaped or len(keys) != count or not 1 <= threshold <= count:
        raise Unjudged(f"a script of {len(script)} bytes that is no multisig of compressed keys")
    return threshold, keys


def _is_witness(script: bytes) -> bool:
    return (
        4 <= len(script) <= 42  # noqa: PLR2004 - BIP-141
        and (script[0] == 0 or _ONE <= script[0] <= _SIXTEEN)
        and script[1] == len(script) - 2
    )


def _legacy(context: SighashContext, index: int, code: bytes) -> _Hash:
    return partial(context.legacy, index, code)


def _pushes(script: bytes) -> list[bytes]:
    """What a script of pushes puts on the stack."""
    items: list[bytes] = []
    at = 0
    while at < len(script):
        size, at = script[at], at + 1
        if size >= _PUSH_CAP:
            width = _PUSHDATA.get(size)
            if width is None:
                raise ValueError("its script does more than push data")
            size, at = int.from_bytes(script[at : at + width], "little"), at + width
        if at + size > len(script):
            raise ValueError("its script is cut short")
        items.append(script[at : at + size])
        at += size
    return items

"""Addresses and the scripts that they stand for, on one network at a time.

embit does the arithmetic of Base58, and of reading Bech32. Length, case, network and the variant of the
checksum are checked here, one by one, so that whoever typed or sent an address learns what is wrong with it.
"""

from __future__ import annotations

from embit import base58, bech32

from strongroom.core.bitcoin.bech32 import render_bech32
from strongroom.core.errors import Violation
from strongroom.core.network import Network

_GROUP = 4
_BECH32_CAP = 90
_BASE58_CAP = 36
_HASH_SIZE = 20
_V0_SIZES = (20, 32)
_PROGRAM_SIZES = range(2, 41)
_VERSION_CAP = 16
_OP_0, _OP_1, _OP_16 = 0x00, 0x51, 0x60
_P2PKH_HEAD, _P2PKH_TAIL = bytes.fromhex("76a914"), bytes.fromhex("88ac")
_P2SH_HEAD, _P2SH_TAIL = bytes.fromhex("a914"), bytes.fromhex("87")
_P2PKH_SIZE, _P2SH_SIZE = 25, 23
_HRPS = sorted({n.constants.hrp for n in Network})
_HINT = "at least one character is wrong or missing"


def render_address(script: bytes, network: Network) -> str | None:
    """The address of `script` on `network`; None when it has none (OP_RETURN, bare multisig, unknown)."""
    witness = _witness_program(script)
    if witness is not None:
        return render_bech32(network.constants.hrp, *witness)
    if len(script) == _P2PKH_SIZE and script[:3] == _P2PKH_HEAD and script[23:] == _P2PKH_TAIL:
        return _render_base58(network.constants.p2pkh, script[3:23])
    if len(script) == _P2SH_SIZE and script[:2] == _P2SH_HEAD and script[22:] == _P2SH_TAIL:
        return _render_base58(network.constants.p2sh, script[2:22])
    return None


def parse_address(text: str, network: Network) -> bytes:
    """The script that `text` stands for on `network`; raises `Violation` ADDRESS, saying what is wrong."""
    if not (text.isascii() and text.isalnum()):
        raise _bad(text, "holds a character that no address has", hint="type it without spaces")
    if _hrp(text):
        return _parse_witness(text, network)
    return _parse_base58(text, network)


def networks_of(text: str) -> tuple[Network, ...]:
    """The networks on which `text` is an address; none if it is not one."""
    found = []
    for network in Network:
        try:
            parse_address(text, network)
        except Violation:
            continue
        found.append(network)
    return tuple(found)


def group_address(address: str) -> str:
    """`address` in groups of four characters, the last one perhaps shorter."""
    return " ".join(address[i : i + _GROUP] for i in range(0, len(address), _GROUP))


def _witness_program(script: bytes) -> tuple[int, bytes] | None:
    if len(script) - 2 not in _PROGRAM_SIZES or script[1] != len(script) - 2:
        return None
    if script[0] == _OP_0:
        return (0, script[2:]) if script[1] in _V0_SIZES else None
    return (script[0] - _OP_1 + 1, script[2:]) if _OP_1 <= script[0] <= _OP_16 else None


def _hrp(text: str) -> str:
    """The human-readable part that `text` begins with; empty when it is of no known network."""
    return next((hrp for hrp in _HRPS if text.lower().startswith(f"{hrp}1")), "")


def _parse_witness(text: str, network: Network) -> bytes:
    if len(text) > _BECH32_CAP:
        raise _bad(text, f"has {len(text)} characters, {_BECH32_CAP} are the most")
    if text not in {text.lower(), text.upper()}:
        raise _bad(text, "mixes upper and lower case")
    hrp = _hrp(text)
    if hrp != network.constants.hrp:
        raise _wrong_network(text, {n for n in Network if n.constants.hrp == hrp}, network)
    encoding, found, data = bech32.bech32_decode(text)
    if found != hrp:  # None as well
        raise _bad(text, "has a wrong checksum", hint=_HINT)
    bits = bech32.convertbits(data[1:], 5, 8, False)  # noqa: FBT003 - embit's order
    if not data or bits is None:
        raise _bad(text, "ends in bits that belong to no byte")
    version, program = data[0], bytes(bits)
    sizes = _PROGRAM_SIZES if version else _V0_SIZES
    if version > _VERSION_CAP or len(program) not in sizes:
        raise _bad(text, f"is of witness version {version} with {len(program)} bytes")
    wanted = bech32.Encoding.BECH32M if version else bech32.Encoding.BECH32
    if encoding != wanted:
        raise _bad(text, f"has not the checksum of its witness version {version} (BIP-350)")
    return bytes((_OP_1 - 1 + version if version else _OP_0, len(program))) + program


def _parse_base58(text: str, network: Network) -> bytes:
    if len(text) > _BASE58_CAP:
        raise _bad(text, "is no address of a known network")
    try:
        payload: bytes = base58.decode_check(text)
    except ValueError:
        what = "has a wrong checksum or a character that no address has"
        raise _bad(text, what, hint=_HINT) from None
    if len(payload) != 1 + _HASH_SIZE or base58.encode_check(payload) != text:
        raise _bad(text, "has not the length of an address")
    version, key_hash = payload[0], payload[1:]
    if version == network.constants.p2pkh:
        return _P2PKH_HEAD + key_hash + _P2PKH_TAIL
    if version == network.constants.p2sh:
        return _P2SH_HEAD + key_hash + _P2SH_TAIL
    others = {n for n in Network if version in {n.constants.p2pkh, n.constants.p2sh}}
    raise _wrong_network(text, others, network)


def _render_base58(version: int, key_hash: bytes) -> str:
    rendered: str = base58.encode_check(bytes((version,)) + key_hash)
    return rendered


def _wrong_network(text: str, others: set[Network], network: Network) -> Violation:
    names = " or ".join(n.value for n in Network if n in others) or "an unknown network"
    return _bad(text, f"is of {names}, the wallet is of {network.value}")


def _bad(text: str, what: str, *, hint: str = "") -> Violation:
    # A long text without a network's prefix may be a private key in the wrong place: never quoted.
    is_shown = text.isascii() and (len(text) <= _BASE58_CAP or _hrp(text) != "")
    shown = ascii(text[:_BECH32_CAP]) if is_shown else f"a text of {len(text)} characters"
    return Violation("ADDRESS", f"{shown} {what}", hint=hint)

"""Extended keys (BIP-32): public ones as values, private ones as opaque objects that show nothing.

A parent is parsed once for all of its children, and no child costs more than one HMAC and one addition on
the curve. Text forms are read strictly: Base58Check that renders back to itself, known version, a point of
the curve, a root without parent. A private extended key is never read from text, and no message quotes what
could be one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import NoReturn

from embit import base58

from strongroom.core.bitcoin import curve
from strongroom.core.bitcoin.codec import hash160
from strongroom.core.errors import Violation
from strongroom.core.network import Network
from strongroom.core.secret import Secret

HARDENED = 0x8000_0000
MAX_DEPTH = 255
_EXTENDED_KEY_SIZE = 78
_TEXT_CAP = 120
_STEP_CAP = 12
_SHA512_BLOCK = 128
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))  # RFC 2104
_STEP = re.compile(r"(0|[1-9][0-9]{0,9})([h']?)")
# xprv and tprv, then their SLIP-132 variants.
_PRIVATE_VERSIONS = frozenset(
    {"0488ade4", "04358394", "049d7878", "04b2430c", "0295b005", "02aa7a99"}
    | {"044a4e28", "045f18bc", "024285b5", "02575048"}
)
# SLIP-132: versions that mix the script type into the key; the descriptor says that already.
_SLIP132_VERSIONS = frozenset(
    {"049d7cb2", "04b24746", "0295b43f", "02aa7ed3", "044a5262", "045f1cf6", "024289ef", "02575483"}
)


def parse_path(text: str, *, rule: str = "DESCRIPTOR") -> tuple[int, ...]:
    """The steps of a path such as `m/84h/1h/0h` or `84'/1'/0'`; `m` alone is the master key."""
    steps = text.split("/")
    if steps[0] == "m":
        del steps[0]
    return tuple(parse_step(step, rule=rule) for step in steps)


def parse_step(text: str, *, rule: str = "DESCRIPTOR") -> int:
    """One step of a path, `h` or `'` marking it as hardened (BIP-380)."""
    match = _STEP.fullmatch(text)
    if match is None or (number := int(match[1])) >= HARDENED:
        shown = ascii(text) if len(text) <= _STEP_CAP else f"a text of {len(text)} characters"
        raise Violation(
            rule,
            f"{shown} is not a step of a derivation path",
            hint="steps are numbers from 0 to 2147483647, with h or ' after a hardened one",
        )
    return number | HARDENED if match[2] else number


def render_path(path: tuple[int, ...]) -> str:
    """`path` in the form `m/84h/1h/0h`."""
    return "/".join(("m", *(render_step(step) for step in path)))


def render_step(step: int) -> str:
    """One step, `h` marking it as hardened."""
    return f"{step - HARDENED}h" if step >= HARDENED else str(step)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedKey:
    """A public key with its chain code and place; `parent` is the parent's fingerprint."""

    public_key: bytes
    chain_code: bytes
    depth: int
    parent: bytes
    child_number: int

    @property
    def fingerprint(self) -> bytes:
        """The first four bytes of the key's HASH160."""
        return hash160(self.public_key)[:4]

    def derive(self, index: int) -> ExtendedKey:
        """The child at `index`, which is not hardened; raises `Violation` DESCRIPTOR."""
        tweak, chain_code = ChildTweaks(self).at(index)
        try:
            public_key = curve.add_to_point(curve.parse_point(self.public_key), tweak)
        except ValueError:
            raise no_child(index) from None
        return ExtendedKey(
            public_key=public_key,
            chain_code=chain_code,
            depth=_next_depth(self.depth),
            parent=self.fingerprint,
            child_number=index,
        )

    def text(self, network: Network) -> str:
        """The `xpub` or `tpub` form."""
        payload = (
            network.constants.xpub
            + bytes((self.depth,))
            + self.parent
            + self.child_number.to_bytes(4, "big")
            + self.chain_code
            + self.public_key
        )
        rendered: str = base58.encode_check(payload)
        return rendered


class ChildTweaks:
    """What is added to one public key for each of its children (BIP-32, CKDpub).

    The two halves of the HMAC begin with blocks that the chain code alone decides, and these are hashed once.
    """

    __slots__ = ("_inner", "_outer", "_public_key")

    def __init__(self, parent: ExtendedKey) -> None:
        block = parent.chain_code.ljust(_SHA512_BLOCK, b"\x00")
        self._inner = hashlib.sha512(block.translate(_INNER))
        self._outer = hashlib.sha512(block.translate(_OUTER))
        self._public_key = parent.public_key

    def at(self, index: int) -> tuple[bytes, bytes]:
        """The tweak for the child at `index`, and the child's chain code.

        Raises `Violation` DESCRIPTOR for a hardened index.
        """
        if not 0 <= index < HARDENED:
            raise Violation(
                "DESCRIPTOR", f"a public key has no hardened child {render_step(index)}"
            )
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(self._public_key + index.to_bytes(4, "big"))
        outer.update(inner.digest())
        material = outer.digest()
        return material[:32], material[32:]


def parse_extended_key(text: str, network: Network, *, rule: str = "DESCRIPTOR") -> ExtendedKey:
    """The public extended key of `network` that `text` is; else `rule`, quoting nothing of `text`."""
    payload = _parse_base58(text, rule)
    version = payload[:4]
    if version != network.constants.xpub:
        _refuse_version(version, network, rule)
    key = ExtendedKey(
        public_key=payload[45:],
        chain_code=payload[13:45],
        depth=payload[4],
        parent=payload[5:9],
        child_number=int.from_bytes(payload[9:13], "big"),
    )
    if key.depth == 0 and (key.child_number or key.parent != bytes(4)):
        raise Violation(rule, "an extended key of depth 0 names a parent")
    try:
        curve.parse_point(key.public_key)
    except ValueError as error:
        raise Violation(rule, f"an extended key holds no public key: {error}") from None
    return key


def _parse_base58(text: str, rule: str) -> bytes:
    try:
        payload: bytes = base58.decode_check(text) if len(text) <= _TEXT_CAP else b""
    except ValueError:  # its words quote the text
        raise Violation(
            rule,
            "an extended key has a wrong checksum or a character that Base58 has not",
            hint="copy the key again",
        ) from None
    if len(payload) != _EXTENDED_KEY_SIZE or base58.encode_check(payload) != text:
        raise Violation(rule, "an extended key has not the length of one")
    return payload


def _refuse_version(version: bytes, network: Network, rule: str) -> NoReturn:
    if version.hex() in _PRIVATE_VERSIONS:
        raise Violation(
            rule,
            "an extended key is a private one",
            hint="a wallet is registered by public keys only; treat that private key as exposed",
        )
    if version.hex() in _SLIP132_VERSIONS:
        raise Violation(
            rule,
            f"an extended key has the SLIP-132 version {version.hex()} (ypub, zpub and the like)",
            hint="export the key as xpub or tpub; the descriptor names the script type",
        )
    others = [n.value for n in Network if n.constants.xpub == version]
    found = f"of {' or '.join(others)}" if others else f"of unknown version {version.hex()}"
    raise Violation(rule, f"an extended key is {found}, the wallet is of {network.value}")


class PrivateNode:
    """A private extended key; it has no text form and cannot be serialised."""

    __slots__ = ("_chain_code", "_child_number", "_depth", "_parent", "_public_key", "_secret")

    def __init__(
        self,
        secret: Secret,
        chain_code: bytes,
        *,
        depth: int = 0,
        parent: bytes = bytes(4),
        child_number: int = 0,
    ) -> None:
        self._secret = secret
        self._chain_code = Secret(chain_code)
        self._public_key = b""
        self._depth = depth
        self._parent = parent
        self._child_number = child_number

    @property
    def secret(self) -> bytes:
        """The 32 bytes of the private key; use them at once and keep no copy."""
        return self._secret.reveal()

    @property
    def fingerprint(self) -> bytes:
        """The first four bytes of the public key's HASH160."""
        return hash160(self.public_key())[:4]

    def public_key(self) -> bytes:
        """The compressed public key."""
        if not self._public_key:
            self._public_key = curve.public_key_of(self.secret)
        return self._public_key

    def extended_key(self) -> ExtendedKey:
        """The public half."""
        return ExtendedKey(
            public_key=self.public_key(),
            chain_code=self._chain_code.reveal(),
            depth=self._depth,
            parent=self._parent,
            child_number=self._child_number,
        )

    def derive(self, index: int) -> PrivateNode:
        """The child at `index`, hardened from `HARDENED` on (BIP-32, CKDpriv)."""
        secret, chain_code = self._child(index)
        return PrivateNode(
            Secret(secret),
            chain_code,
            depth=_next_depth(self._depth),
            parent=self.fingerprint,
            child_number=index,
        )

    def child_secret(self, index: int) -> bytes:
        """The secret of the child at `index` and nothing else of it; use it at once and keep no copy."""
        return self._child(index)[0]

    def _child(self, index: int) -> tuple[bytes, bytes]:
        secret = self.secret
        start = b"\x00" + secret if index >= HARDENED else self.public_key()
        material = hmac.digest(
            self._chain_code.reveal(), start + index.to_bytes(4, "big"), "sha512"
        )
        try:
            return curve.add_to_secret(secret, material[:32]), material[32:]
        except ValueError:
            raise no_child(index) from None

    def copy(self) -> PrivateNode:
        """The same node, wiped on its own."""
        return PrivateNode(
            Secret(self.secret),
            self._chain_code.reveal(),
            depth=self._depth,
            parent=self._parent,
            child_number=self._child_number,
        )

    def wipe(self) -> None:
        """Overwrite the key and the chain code."""
        self._secret.wipe()
        self._chain_code.wipe()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is never serialised")


class MasterKey:
    """The root of a seed's keys; it has no text form and cannot be serialised."""

    __slots__ = ("_root", "fingerprint")

    def __init__(self, root: PrivateNode) -> None:
        self._root = root
        self.fingerprint = root.fingerprint

    @classmethod
    def from_seed(cls, seed: Secret) -> MasterKey:
        """The master key of a seed of 16 to 64 bytes; raises `Violation` SEED-WORDS on another size."""
        if not 16 <= len(seed) <= 64:  # noqa: PLR2004 - BIP-32's own limits
            raise Violation("SEED-WORDS", f"a seed has {len(seed)} bytes, 16 to 64 are needed")
        material = hmac.digest(b"Bitcoin seed", seed.reveal(), "sha512")
        try:
            curve.check_secret(material[:32])
        except ValueError:
            raise Violation("SEED-WORDS", "this seed has no master key (BIP-32)") from None
        return cls(PrivateNode(Secret(material[:32]), material[32:]))

    def derive_private(self, path: tuple[int, ...]) -> PrivateNode:
        """The private key at `path`; the steps between are wiped."""
        node = self._root.copy()
        for step in path:
            parent, node = node, node.derive(step)
            parent.wipe()
        return node

    def derive_public(self, path: tuple[int, ...]) -> ExtendedKey:
        """The public extended key at `path`."""
        return self.derive_private(path).extended_key()

    def wipe(self) -> None:
        """Overwrite the key."""
        self._root.wipe()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a private key is never serialised")


def _next_depth(depth: int) -> int:
    if depth == MAX_DEPTH:
        raise Violation("DESCRIPTOR", f"a key at depth {MAX_DEPTH} has no children")
    return depth + 1


def no_child(index: int) -> Violation:
    """What to raise for the one index in 2^127 that gives no key."""
    return Violation(
        "DESCRIPTOR", f"a key has no child {render_step(index)}; use the next (BIP-32)"
    )

"""The container of a bundle: a ustar file with fixed members, read in one way and written in one way.

Our own reader, since the usual ones follow links, extensions and duplicates. A member is a regular file
with a plain header; the order is manifest, PSBT, signatures sorted by fingerprint; nothing follows the end
but the zero blocks that tar writes. Anyone can open what is written here with tar, sha256sum and gpg.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from strongroom.core.bundle.model import BundleArchive, CertificateFingerprint, DetachedSignature
from strongroom.core.errors import Violation

RULE = "BUNDLE-FORMAT"
MANIFEST, PSBT = "manifest.json", "transaction.psbt"
SIGNATURE = re.compile(r"signatures/([0-9A-F]{40})\.asc")
MANIFEST_CAP, PSBT_CAP, SIGNATURE_CAP = 1024 * 1024, 32 * 1024 * 1024, 64 * 1024
SIGNATURES_CAP = 32

_BLOCK, _RECORD = 512, 10_240
_END = 2 * _BLOCK
_OCTAL = re.compile(rb"[0-7]+[ \0]*|[ \0]+")
_CHECKSUM = slice(148, 156)
# Mode, owner, group, time and device: whatever tar wrote, as long as it is a number and nothing more.
_IGNORED_NUMBERS = tuple(
    slice(*ends)
    for ends in ((100, 108), (108, 116), (116, 124), (136, 148), (329, 337), (337, 345))
)
_IGNORED_NAMES = (slice(265, 297), slice(297, 329))
_OWNER = re.compile(rb"[^\0-\x1f\x7f]*\0*")


def parse_archive(data: bytes) -> BundleArchive:
    """The members of a bundle, none of them looked into; raises BUNDLE-FORMAT for any other file."""
    members = list(_members(data))
    names = [name for name, _ in members]
    if names[:2] != [MANIFEST, PSBT]:
        raise _refuse(f"the first members are {', '.join(names[:2]) or 'missing'}")
    return BundleArchive(
        manifest=members[0][1], psbt=members[1][1], signatures=_signatures(members[2:])
    )


def parse_signed_text(data: bytes) -> BundleArchive:
    """A manifest and its signatures alone, without a PSBT; raises BUNDLE-FORMAT for any other file."""
    members = list(_members(data))
    if [name for name, _ in members[:1]] != [MANIFEST]:
        raise _refuse(f"the first member is not {MANIFEST}")
    return BundleArchive(manifest=members[0][1], psbt=b"", signatures=_signatures(members[1:]))


def _signatures(members: list[tuple[str, bytes]]) -> tuple[DetachedSignature, ...]:
    names = [name for name, _ in members]
    if len(names) > SIGNATURES_CAP:
        raise _refuse(f"there are {len(names)} signatures, {SIGNATURES_CAP} are read")
    if names != sorted(set(names)):
        raise _refuse("signatures are not each there once, in the order of their names")
    return tuple(
        DetachedSignature(fingerprint=_fingerprint(name), armored=armored)
        for name, armored in members
    )


def render_archive(archive: BundleArchive) -> bytes:
    """The one file that holds these members: the same ones give the same bytes. An empty PSBT is left out."""
    members = [(MANIFEST, archive.manifest)]
    members += [(PSBT, archive.psbt)] if archive.psbt else []
    members += sorted((f"signatures/{s.fingerprint}.asc", s.armored) for s in archive.signatures)
    body = b"".join(_header(name, len(data)) + _padded(data) for name, data in members)
    return body + bytes(_END)


def _fingerprint(name: str) -> CertificateFingerprint:
    found = SIGNATURE.fullmatch(name)
    if found is None:
        raise _refuse(f"the member {name} has no place in a bundle")
    return CertificateFingerprint(found.group(1))


def _cap(name: str) -> int:
    return {MANIFEST: MANIFEST_CAP, PSBT: PSBT_CAP}.get(name, SIGNATURE_CAP)


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    offset = 0
    while True:
        header = data[offset : offset + _BLOCK]
        if len(header) < _BLOCK:
            raise _refuse(f"it ends in the middle of a header, at byte {len(data)}")
        if not any(header):
            _check_end(data, offset)
            return
        name, size = _parse_header(header, offset)
        if size > _cap(name):
            raise _refuse(f"the member {name} has {size} bytes, {_cap(name)} are read")
        start = offset + _BLOCK
        content, offset = data[start : start + size], start + -(-size // _BLOCK) * _BLOCK
        if offset > len(data):
            raise _refuse(f"it ends in the middle of the member {name}")
        if any(data[start + size : offset]):
            raise _refuse(f"the padding of the member {name} is not zero")
        yield name, content


def _parse_header(header: bytes, offset: int) -> tuple[str, int]:
    blank = header[:148] + b" " * 8 + header[156:]
    if _octal(header[_CHECKSUM], "checksum", offset) != sum(blank):
        raise _refuse(f"the header at byte {offset} has a wrong checksum")
    if header[257:265] != b"ustar\x0000":
        raise _refuse(f"the header at byte {offset} is not of the ustar form")
    if header[156:157] != b"0":
        raise _refuse(f"the member at byte {offset} is not a regular file")
    if any(header[157:257]) or any(header[345:500]) or any(header[500:512]):
        raise _refuse(f"the member at byte {offset} has a link, a prefix or hidden bytes")
    for field in _IGNORED_NUMBERS:
        _octal(header[field], "number", offset)
    if not all(_OWNER.fullmatch(header[field]) for field in _IGNORED_NAMES):
        raise _refuse(f"the owner's name at byte {offset} has hidden bytes")
    raw, _, rest = header[:100].partition(b"\0")
    if any(rest):
        raise _refuse(f"the name of the member at byte {offset} has hidden bytes")
    name = raw.decode("ascii", "replace")
    if name not in {MANIFEST, PSBT} and SIGNATURE.fullmatch(name) is None:
        shown = "".join(c if c.isascii() and c.isprintable() else "?" for c in name)
        raise _refuse(f"the member {shown!r} has no place in a bundle")
    return name, _octal(header[124:136], "size", offset)


def _octal(field: bytes, what: str, offset: int) -> int:
    if _OCTAL.fullmatch(field) is None:
        raise _refuse(f"the {what} in the header at byte {offset} is not octal")
    digits = field.strip(b" \0")
    return int(digits, 8) if digits else 0


def _check_end(data: bytes, offset: int) -> None:
    tail = len(data) - offset
    whole = -(-(offset + _END) // _RECORD) * _RECORD
    if any(data[offset:]) or tail < _END or len(data) not in {offset + _END, whole}:
        raise _refuse(
            f"{tail} bytes follow the last member, and they are not tar's two zero blocks"
        )


def _header(name: str, size: int) -> bytes:
    def number(value: int, width: int) -> bytes:
        return f"{value:0{width - 1}o}".encode() + b"\0"

    before = name.encode().ljust(100, b"\0") + number(0o644, 8) + number(0, 8) + number(0, 8)
    before += number(size, 12) + number(0, 12)
    after = b"0" + bytes(100) + b"ustar\x0000" + bytes(64) + number(0, 8) + number(0, 8)
    after += bytes(_BLOCK - len(before) - 8 - len(after))
    checksum = sum(before) + sum(b" " * 8) + sum(after)
    return before + f"{checksum:06o}".encode() + b"\0 " + after


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _BLOCK)


def _refuse(what: str) -> Violation:
    return Violation(
        RULE,
        f"this is not a bundle: {what}",
        hint="copy the file again; if that does not help, have it made again",
    )

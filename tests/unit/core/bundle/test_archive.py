"""The container: one form is read, and every other way of packing the same members is refused."""

from __future__ import annotations

import base64
import io
import tarfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strongroom.core.bundle import archive as module
from strongroom.core.bundle.archive import parse_archive, render_archive
from strongroom.core.bundle.model import BundleArchive, CertificateFingerprint, DetachedSignature
from strongroom.core.errors import Violation
from tests.vectors.published import read_published

BLOCK = 512
MEMBER_NAMES = [base64.b64decode(name) for name in read_published("texts")["member_names"]]


def signature(digit: str, armored: bytes = b"armored\n") -> DetachedSignature:
    return DetachedSignature(fingerprint=CertificateFingerprint(digit * 40), armored=armored)


HONEST = BundleArchive(
    manifest=b'{"format": "strongroom-request"}\n',
    psbt=b"psbt\xff" + bytes(range(256)) * 5,
    signatures=(signature("A"), signature("B", b"")),
)
DATA = render_archive(HONEST)
FIRST_SIGNATURE = 6 * BLOCK  # after two headers, one block of manifest and three of PSBT


def refused(data: bytes) -> str:
    with pytest.raises(Violation) as stop:
        parse_archive(data)
    assert stop.value.rule == "BUNDLE-FORMAT"
    assert stop.value.message.isascii()
    assert stop.value.message.isprintable()
    return stop.value.message


def with_header(change: Callable[[bytearray], None], *, at: int = 0) -> bytes:
    """The honest file with one header changed and its checksum made right again."""
    data = bytearray(DATA)
    header = data[at : at + BLOCK]
    change(header)
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    data[at : at + BLOCK] = header
    return bytes(data)


def put(place: int, value: bytes) -> Callable[[bytearray], None]:
    def change(header: bytearray) -> None:
        header[place : place + len(value)] = value

    return change


def tar(members: list[tuple[str, bytes]], **fields: object) -> bytes:
    """What Python's tarfile makes of members, with header fields set on the last of them."""
    out = io.BytesIO()
    form = fields.pop("format", tarfile.USTAR_FORMAT)
    with tarfile.open(fileobj=out, mode="w", format=form) as file:  # type: ignore[call-overload]
        for number, (name, data) in enumerate(members, start=1):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for key, value in fields.items() if number == len(members) else ():
                setattr(info, key, value)
            file.addfile(info, io.BytesIO(data))
    return out.getvalue()


MEMBERS = [("manifest.json", HONEST.manifest), ("transaction.psbt", HONEST.psbt)]
SIGNATURES = [(f"signatures/{s.fingerprint}.asc", s.armored) for s in HONEST.signatures]


def test_members_come_back_as_they_went_in() -> None:
    assert parse_archive(DATA) == HONEST


def test_rendering_does_not_depend_on_the_order_of_signatures() -> None:
    turned = replace(HONEST, signatures=HONEST.signatures[::-1])
    assert render_archive(turned) == DATA


def test_what_is_written_is_plain_ustar() -> None:
    with tarfile.open(fileobj=io.BytesIO(DATA)) as file:
        infos = file.getmembers()
    assert [i.name for i in infos] == [name for name, _ in MEMBERS + SIGNATURES]
    assert {(i.mode, i.uid, i.gid, i.mtime, i.uname, i.type) for i in infos} == {
        (0o644, 0, 0, 0, "", tarfile.REGTYPE)
    }


def test_another_tars_times_owners_and_padding_are_read() -> None:
    data = tar(MEMBERS + SIGNATURES, mtime=1_790_000_000, uname="domain user", uid=1000, mode=0o600)
    assert len(data) % 10_240 == 0
    assert parse_archive(data) == HONEST


def test_a_setuid_bit_means_nothing() -> None:
    assert parse_archive(tar(MEMBERS, mode=0o4755)).psbt == HONEST.psbt


KINDS = {
    "old form": tarfile.AREGTYPE,
    "hard link": tarfile.LNKTYPE,
    "symbolic link": tarfile.SYMTYPE,
    "character device": tarfile.CHRTYPE,
    "block device": tarfile.BLKTYPE,
    "directory": tarfile.DIRTYPE,
    "pipe": tarfile.FIFOTYPE,
    "contiguous": tarfile.CONTTYPE,
    "sparse": tarfile.GNUTYPE_SPARSE,
    "long name": tarfile.GNUTYPE_LONGNAME,
    "pax": tarfile.XHDTYPE,
    "pax for all": tarfile.XGLTYPE,
    "unknown": b"Z",
}


@pytest.mark.parametrize("kind", KINDS)
def test_only_regular_files(kind: str) -> None:
    assert "not a regular file" in refused(with_header(put(156, KINDS[kind])))


def test_extensions_of_other_tars() -> None:
    long = [*MEMBERS, ("signatures/" + "A" * 200 + ".asc", b"")]
    refused(tar(long, format=tarfile.GNU_FORMAT))
    refused(tar(MEMBERS, format=tarfile.PAX_FORMAT, pax_headers={"comment": "x"}))
    refused(tar(MEMBERS + SIGNATURES, format=tarfile.GNU_FORMAT))


@pytest.mark.parametrize(
    "members",
    [
        [],
        MEMBERS[:1],
        MEMBERS[::-1],
        [MEMBERS[0], *MEMBERS],
        [*MEMBERS, MEMBERS[1]],
        [*MEMBERS, SIGNATURES[0], SIGNATURES[0]],
        [*MEMBERS, *SIGNATURES[::-1]],
        [*SIGNATURES, *MEMBERS],
        [*MEMBERS, ("README", b"")],
        [*MEMBERS, ("signatures/" + "a" * 40 + ".asc", b"")],
        [*MEMBERS, ("signatures/" + "A" * 39 + ".asc", b"")],
        [*MEMBERS, ("signatures/../" + "A" * 40 + ".asc", b"")],
    ],
    ids=lambda members: " ".join(name[:14] for name, _ in members) or "nothing",
)
def test_members_missing_twice_unknown_or_out_of_order(members: list[tuple[str, bytes]]) -> None:
    refused(tar(members))


@pytest.mark.parametrize("name", MEMBER_NAMES, ids=ascii)
def test_names_from_the_wild(name: bytes) -> None:
    refused(with_header(put(0, name[:100].ljust(100, b"\0"))))
    refused(with_header(put(0, name[:100].ljust(100, b"\0")), at=FIRST_SIGNATURE))


CHANGES = {
    "size that is negative in base 256": put(124, b"\xff" * 12),
    "size of 8 EiB in base 256": put(124, b"\x80" + bytes(3) + b"\x7f" + b"\xff" * 7),
    "size with a sign": put(124, b"-0000000001\0"),
    "size over the cap": put(124, b"00004000001\0"),
    "size over the file": put(124, b"00000400000\0"),
    "size without digits": put(124, b"octalnumber\0"),
    "mode that is no number": put(100, b"rw-r--r-"),
    "owner in base 256": put(108, b"\x80" + bytes(7)),
    "time in base 256": put(136, b"\x80" + bytes(11)),
    "device with letters": put(329, b"deadbeef"),
    "group name with bytes after its end": put(297, b"root\0hidden"),
    "owner with an escape": put(265, b"\x1b[2J"),
    "name with bytes after its end": put(0, b"manifest.json\0x"),
    "name that goes on in the prefix": put(345, b"dir"),
    "link target": put(157, b"/etc/passwd"),
    "bytes in the reserved end": put(500, b"x"),
    "magic of GNU tar": put(257, b"ustar  \0"),
    "no magic": put(257, bytes(8)),
    "another version": put(257, b"ustar\x0001"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_headers_that_say_more_or_less_than_they_may(change: str) -> None:
    refused(with_header(CHANGES[change]))


def test_a_wrong_checksum() -> None:
    data = bytearray(DATA)
    data[0] ^= 1
    assert "checksum" in refused(bytes(data))


def test_bytes_hidden_in_the_padding() -> None:
    data = bytearray(DATA)
    data[BLOCK + len(HONEST.manifest)] = 1
    assert "padding" in refused(bytes(data))


ZEROS = -len(DATA) % 10_240


@pytest.mark.parametrize("size", [0, 1, 511, 513, 700])
def test_a_file_that_is_cut(size: int) -> None:
    refused(DATA[: len(DATA) - 1024 - size] if size else DATA[:-512])


@pytest.mark.parametrize(
    "tail",
    [
        b"x",
        b"\0",
        bytes(512),
        bytes(ZEROS - 512),
        bytes(ZEROS - 1) + b"x",
        bytes(ZEROS + 512),
        bytes(ZEROS + 10_240),
        DATA,
        bytes(ZEROS) + DATA,
    ],
    ids=len,
)
def test_anything_after_the_end_but_tars_own_zeros(tail: bytes) -> None:
    assert parse_archive(DATA + bytes(ZEROS)) == HONEST
    refused(DATA + tail)


def test_caps_hold_for_each_member() -> None:
    caps = {"manifest": module.MANIFEST_CAP, "psbt": module.PSBT_CAP}
    for name, cap in caps.items():
        assert parse_archive(render_archive(replace(HONEST, **{name: bytes(cap)})))  # type: ignore[arg-type]
        refused(render_archive(replace(HONEST, **{name: bytes(cap + 1)})))  # type: ignore[arg-type]
    big = (signature("A", bytes(module.SIGNATURE_CAP + 1)),)
    refused(render_archive(replace(HONEST, signatures=big)))


def test_a_cap_on_the_number_of_signatures() -> None:
    def many(count: int) -> bytes:
        names = (CertificateFingerprint(f"{number:040X}") for number in range(count))
        found = tuple(DetachedSignature(fingerprint=name, armored=b"") for name in names)
        return render_archive(replace(HONEST, signatures=found))

    assert len(parse_archive(many(module.SIGNATURES_CAP)).signatures) == module.SIGNATURES_CAP
    assert "signatures" in refused(many(module.SIGNATURES_CAP + 1))


@settings(max_examples=300)
@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_no_byte_of_the_file_is_changed_unnoticed(place: int, difference: int) -> None:
    data = bytearray(DATA)
    data[place] ^= difference
    assert outcome(bytes(data)) != HONEST


@given(st.binary(max_size=1200))
def test_any_bytes_are_refused_by_name(data: bytes) -> None:
    assert outcome(data) is None
    assert outcome(DATA[:BLOCK] + data) is None


def outcome(data: bytes) -> BundleArchive | None:
    try:
        return parse_archive(data)
    except Violation:
        return None

"""Sticks that somebody made to do harm: file systems that lie, tables that overlap, names that deceive.

Each function makes one image out of a good one. What an honest system would do with them differs; the
station has to stay up, show what is wrong or what can be shown, and write nothing while it only reads.
"""

from __future__ import annotations

import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.e2e.sticks import MEBIBYTE, FileSystem, write_stick

VAULT = "strongroom.vault"
FILES = {VAULT: b"age-encryption.org/v1\n" + bytes(100_000)}
Make = Callable[[Path], Path]

_SECTOR = 512
_EXT4_SUPER = 1024


def fat(image: Path) -> Path:
    """A good FAT32 stick with a file that looks like a vault."""
    return write_stick(image, FileSystem.FAT32, FILES)


def patch(image: Path, *changes: tuple[int, bytes]) -> Path:
    """Overwrite bytes."""
    with image.open("r+b") as stick:
        for offset, data in changes:
            stick.seek(offset)
            stick.write(data)
    return image


def _fat_at(image: Path, cluster: int) -> int:
    head = image.read_bytes()[:_SECTOR]
    reserved: int = struct.unpack_from("<H", head, 14)[0]
    return reserved * _SECTOR + 4 * cluster


def _data_at(image: Path) -> int:
    head = image.read_bytes()[:_SECTOR]
    reserved, count = struct.unpack_from("<HB", head, 14)
    size: int = struct.unpack_from("<I", head, 36)[0]
    start: int = (reserved + count * size) * _SECTOR
    return start


def fat_file_in_a_circle(image: Path) -> Path:
    """The file's chain of clusters leads back to its start."""
    at = _fat_at(fat(image), 3)
    return patch(image, (at + 4 * 9, struct.pack("<I", 3)))


def fat_root_in_a_circle(image: Path) -> Path:
    """The root directory never ends: its one full cluster follows itself."""
    at, data = _fat_at(fat(image), 2), _data_at(image)
    entry = b"AAAAAAAAVLT\x20" + bytes(20)
    return patch(image, (at, struct.pack("<I", 2)), (data, entry * (_SECTOR // 32)))


def fat_root_out_of_reach(image: Path) -> Path:
    """The root directory lies far behind the end of the stick."""
    return patch(fat(image), (44, struct.pack("<I", 0x0FFF_0000)))


def fat_of_nonsense(image: Path) -> Path:
    """No sectors per cluster, four billion sectors, 255 tables."""
    return patch(fat(image), (13, b"\0"), (16, b"\xff"), (32, b"\xff" * 4))


def fat_with_odd_names(image: Path) -> Path:
    """Long names of control characters, surrogates and slashes, and the volume's label too."""
    fat(image)
    data = _data_at(image)
    names = ("\x1b[2J\x1b[1;31mOK" + VAULT, "\ud800" + VAULT, "../../" + VAULT, "a" * 255)
    entries = b"".join(_long_name(name, number) for number, name in enumerate(names))
    label = b"\x1b[31mSAFE  \x08" + bytes(20)
    return patch(image, (data, label + entries), (71, b"\x1b[31mSAFE  "))


def _long_name(name: str, number: int) -> bytes:
    """The entries of VFAT long names (Microsoft FAT specification 1.03, "Long File Name")."""
    short = b"ODD%d    VLT" % number
    checksum = 0
    for byte in short:
        checksum = ((checksum & 1) << 7 | checksum >> 1) + byte & 0xFF
    units = [
        int.from_bytes(name.encode("utf-16-le", "surrogatepass")[i : i + 2], "little")
        for i in range(0, 2 * len(name), 2)
    ]
    pieces = [units[start : start + 13] for start in range(0, len(units), 13)]
    entries = []
    for place, piece in enumerate(pieces, 1):
        full = ([*piece, 0] + [0xFFFF] * 13)[:13]
        last = 0x40 if place == len(pieces) else 0
        u = struct.pack("<13H", *full)
        entries.append(
            bytes((last | place,))
            + u[:10]
            + bytes((0x0F, 0, checksum))
            + u[10:22]
            + b"\0\0"
            + u[22:]
        )
    return b"".join(reversed(entries)) + short + b"\x20" + bytes(14) + bytes(2) + bytes(4)


def fat_with_many_files(image: Path) -> Path:
    """Sixty thousand files in the root directory."""
    fat(image)
    cluster = image.read_bytes()[13] * _SECTOR
    entries = b"".join(b"F%07dVLT\x20" % n + bytes(20) for n in range(60_000))
    count = -(-len(entries) // cluster)
    first = 300
    chain = [first, *range(first + 1, first + count), 0x0FFF_FFFF]
    start = _data_at(image)
    return patch(
        image,
        (_fat_at(image, 2), struct.pack("<I", first)),
        (_fat_at(image, first), struct.pack(f"<{count}I", *chain[1:])),
        (start, entries[:cluster]),
        (start + (first - 2) * cluster, entries[cluster:]),
    )


def exfat_in_a_circle(image: Path) -> Path:
    """The root directory's chain leads back to itself, with a boot checksum that is right."""
    write_stick(image, FileSystem.EXFAT, FILES)
    head = image.read_bytes()[:120]
    root: int = struct.unpack_from("<I", head, 96)[0]
    table: int = struct.unpack_from("<I", head, 80)[0] << head[108]
    return patch(image, (table + 4 * root, struct.pack("<I", root)))


def exfat_of_nonsense(image: Path) -> Path:
    """Clusters of 2**255 sectors and a root beyond the end; the checksum does not fit either."""
    write_stick(image, FileSystem.EXFAT, FILES)
    return patch(image, (108, b"\xff\xff"), (96, b"\xff\xff\xff\x7f"))


def ext4(image: Path, *commands: str) -> Path:
    """An ext4 stick changed by debugfs."""
    write_stick(image, FileSystem.EXT4, FILES)
    return _debugfs(image, *commands)


def _debugfs(image: Path, *commands: str) -> Path:
    script = "\n".join(commands)
    subprocess.run(
        ("debugfs", "-w", "-f", "-", image),
        input=script,
        text=True,
        check=True,
        capture_output=True,
    )
    return image


def ext4_with_links_and_devices(image: Path) -> Path:
    """Links out of the stick, a block device, a pipe, a folder and a set-user-id file, all called vaults."""
    return ext4(
        image,
        *("symlink a.strongroom.vault /proc/self/environ", "symlink b.strongroom.vault /dev/ram0"),
        *("mknod c.strongroom.vault b 1 0", "mknod d.strongroom.vault p"),
        *("mkdir e.strongroom.vault", f"sif {VAULT} mode 0104755", "symlink loop loop"),
    )


def ext4_that_wants_a_panic(image: Path) -> Path:
    """The superblock asks for a panic at the first error, and the root directory is one."""
    ext4(image, "set_super_value errors 3", "set_inode_field <2> block[0] 99999999")
    return _debugfs(image, "set_inode_field <2> block[1] 99999999", "sif / size 0xffffffff")


def ext4_of_nonsense(image: Path) -> Path:
    """Block and inode sizes, counts and features that can not be."""
    ext4(image)
    at = _EXT4_SUPER
    return patch(
        image,
        (at + 4, b"\xff" * 4),
        (at + 24, struct.pack("<I", 50)),
        (at + 32, struct.pack("<I", 0)),
        (at + 88, struct.pack("<H", 3)),
    )


def ext4_with_an_unfinished_journal(image: Path) -> Path:
    """Pulled in the middle of work: a block waits in the journal, and a file that was deleted is still open."""
    ext4(image, "set_super_value last_orphan 12", "set_super_value state 0")
    block = image.with_suffix(".block")
    block.write_bytes(b"x" * 1024)
    return _debugfs(image, "journal_open", f"journal_write -b 60000 {block}", "journal_close")


def table_of_nonsense(image: Path) -> Path:
    """A partition table and a GPT of noise behind good signatures."""
    image.write_bytes(bytes((n * 73 + 41) & 0xFF for n in range(8 * MEBIBYTE)))
    gpt = b"EFI PART" + b"\0\0\1\0" + b"\xff" * 500
    return patch(image, (510, b"\x55\xaa"), (512, gpt[:512]))


def table_of_overlaps(image: Path) -> Path:
    """Four partitions on the same sectors, the last one beyond the end."""
    write_stick(image, FileSystem.FAT32, FILES, partitioned=True)
    size = image.stat().st_size // _SECTOR
    rows = ((0x0C, 2048, size - 2048), (0x83, 2048, 4096), (0x07, 4096, size), (0x0C, size * 3, 99))
    table = b"".join(struct.pack("<BxxxBxxxII", 0, kind, *where) for kind, *where in rows)
    return patch(image, (446, table))


def table_in_a_circle(image: Path) -> Path:
    """An extended partition whose logical partitions lead back to the first."""
    image.write_bytes(bytes(8 * MEBIBYTE))
    outer = struct.pack("<BxxxBxxxII", 0, 0x05, 2048, 8192)
    inner = struct.pack("<BxxxBxxxII", 0, 0x0C, 1, 64) + struct.pack(
        "<BxxxBxxxII", 0, 0x05, 0, 8192
    )
    end = (510, b"\x55\xaa")
    return patch(
        image, (446, outer), end, (2048 * _SECTOR + 446, inner), (2048 * _SECTOR + 510, b"\x55\xaa")
    )


def table_of_128(image: Path) -> Path:
    """A good GPT with 128 partitions of one mebibyte, each with the start of a FAT."""
    image.write_bytes(b"")
    total = 132 * MEBIBYTE // _SECTOR
    head = fat(image.with_suffix(".fat")).read_bytes()[:_SECTOR]
    rows = []
    with image.open("wb") as stick:
        stick.truncate(total * _SECTOR)
        for number in range(128):
            start = 2048 * (number + 1)
            stick.seek(start * _SECTOR)
            stick.write(head)
            kind = bytes.fromhex("a2a0d0ebe5b9334487c068b6b72699c7")
            unique = struct.pack("<IQI", 7, number, 9)
            name = f"part {number}".encode("utf-16-le").ljust(72, b"\0")
            rows.append(kind + unique + struct.pack("<QQQ", start, start + 2047, 0) + name)
    entries = b"".join(rows)
    fields = (1, total - 1, 34, total - 34, bytes(16), 2, 128, 128, zlib.crc32(entries))
    header = b"EFI PART" + struct.pack("<IIIIQQQQ16sQIII", 0x10000, 92, 0, 0, *fields)
    header = header[:16] + struct.pack("<I", zlib.crc32(header)) + header[20:]
    protective = struct.pack("<BxxxBxxxII", 0, 0xEE, 1, total - 1)
    return patch(image, (446, protective), (510, b"\x55\xaa"), (512, header), (1024, entries))


GROUPS: tuple[tuple[Make, ...], ...] = (
    (
        *(fat_file_in_a_circle, fat_root_in_a_circle, exfat_in_a_circle),
        *(ext4_with_links_and_devices, ext4_that_wants_a_panic, table_of_overlaps),
    ),
    (
        *(fat_root_out_of_reach, fat_of_nonsense, exfat_of_nonsense, ext4_of_nonsense),
        *(ext4_with_an_unfinished_journal, table_in_a_circle),
    ),
    (fat_with_odd_names, fat_with_many_files, table_of_nonsense),
    (table_of_128,),
)
"""Which are plugged in together: a computer has few ports, and a start takes long."""

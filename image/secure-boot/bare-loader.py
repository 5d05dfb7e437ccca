#!/usr/bin/python3
"""bare-loader.py SIGNED BARE: writes the UEFI program SIGNED without its signatures.

Signing a PE file sets three things that the signature does not cover (PE format, "attribute certificate
table"): the certificates at the file's end, the entry in the header that says where they are, and the
checksum. Here the first is cut off and the others are set to zero, as the linker left them.
"""

import struct
import sys
from pathlib import Path

CHECKSUM, CERTIFICATES = 64, 112 + 4 * 8  # in the optional header of PE32+


def take_off(signed: bytes) -> bytes:
    """The program as it was before; exits when it carries no signature at its end."""
    (header,) = struct.unpack_from("<I", signed, 0x3C)
    optional = header + 24
    if signed[header : header + 4] != b"PE\0\0" or signed[optional : optional + 2] != b"\x0b\x02":
        sys.exit("the loader is no 64-bit UEFI program")
    place, size = struct.unpack_from("<II", signed, optional + CERTIFICATES)
    if not size:
        sys.exit("the loader carries no signature")
    if place + size != len(signed):
        sys.exit(f"the signatures end at {place + size}, the loader at {len(signed)}")
    bare = bytearray(signed[:place])
    struct.pack_into("<I", bare, optional + CHECKSUM, 0)
    struct.pack_into("<II", bare, optional + CERTIFICATES, 0, 0)
    return bytes(bare)


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(take_off(Path(sys.argv[1]).read_bytes()))

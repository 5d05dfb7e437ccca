"""Pictures of the machine's screen: read as QEMU dumps them (PPM), written as PNG for people."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PPM_HEADER = re.compile(rb"P6\s(\d+)\s(\d+)\s255\s")
_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Rows of pixels from the top left, three bytes (red, green, blue) each."""

    width: int
    height: int
    pixels: bytes


def parse_ppm(data: bytes) -> Picture:
    """Return the picture in a binary PPM of 8 bits a colour; raise ValueError on anything else."""
    header = _PPM_HEADER.match(data)
    if header is None:
        raise ValueError(f"not a binary PPM of 8 bits a colour: {data[:20]!r}")
    width, height = int(header[1]), int(header[2])
    pixels = data[header.end() :]
    if len(pixels) != width * height * 3:
        raise ValueError(
            f"{width}x{height} pixels need {width * height * 3} bytes, not {len(pixels)}"
        )
    return Picture(width=width, height=height, pixels=pixels)


def write_png(picture: Picture, path: Path) -> None:
    """Write the picture as an 8-bit RGB PNG."""
    stride = picture.width * 3
    rows = b"".join(
        b"\0" + picture.pixels[start : start + stride]
        for start in range(0, len(picture.pixels), stride)
    )
    header = picture.width.to_bytes(4) + picture.height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    path.write_bytes(
        _PNG_MAGIC
        + _png_chunk(b"IHDR", header)
        + _png_chunk(b"IDAT", zlib.compress(rows))
        + _png_chunk(b"IEND", b"")
    )


def _png_chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)

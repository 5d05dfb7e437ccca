#!/usr/bin/python3
"""Writes the 256 glyphs of the kernel's console font, 16 bytes each: a picture of the screen can be read back.

Called inside the build root: read-font.py lib/fonts/font_8x16.c > console-font.bin
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

GLYPHS, HEIGHT = 256, 16


def read_glyphs(source: str) -> bytes:
    """The bytes of the table, in code page 437 order; stops the build when there are not 4096 of them."""
    table = source[source.index("fontdata_8x16 = {") : source.index("const struct font_desc")]
    table = re.sub(r"/\*.*?\*/", "", table, flags=re.DOTALL)
    glyphs = bytes(int(value, 16) for value in re.findall(r"\b0x([0-9a-f]{2})\b", table))
    if len(glyphs) != GLYPHS * HEIGHT:
        sys.exit(f"the font has {len(glyphs)} bytes and not {GLYPHS * HEIGHT}")
    return glyphs


if __name__ == "__main__":
    sys.stdout.buffer.write(read_glyphs(Path(sys.argv[1]).read_text(encoding="utf-8")))

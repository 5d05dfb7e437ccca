#!/usr/bin/python3
"""find-bytes.py PART WHOLE: prints the offset in WHOLE of PART, which is there once and unbroken."""

import mmap
import sys
from pathlib import Path

part, whole = (Path(name) for name in sys.argv[1:])
with part.open("rb") as small, whole.open("rb") as large:
    wanted = mmap.mmap(small.fileno(), 0, access=mmap.ACCESS_READ)
    space = mmap.mmap(large.fileno(), 0, access=mmap.ACCESS_READ)
    found = space.find(wanted)
    if found < 0 or space.find(wanted, found + 1) >= 0:
        sys.exit(f"{part} is not in {whole} once and unbroken")
    sys.stdout.write(f"{found}\n")

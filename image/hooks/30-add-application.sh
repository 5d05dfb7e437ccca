#!/bin/sh
# Our own code: the core and the station, never the online half.
set -eu
from=/source/app/strongroom
to=$ROOTFS/usr/lib/python3/dist-packages/strongroom
cd "$from"
find . -path ./online -prune -o -name __pycache__ -prune -o -type f \( -name '*.py' -o -name '*.txt' -o -name py.typed \) -print |
    LC_ALL=C sort | while IFS= read -r file; do
    mkdir -p "$to/$(dirname "$file")"
    cp "$file" "$to/$file"
done

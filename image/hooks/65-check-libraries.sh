#!/bin/sh
# Every library that a program asks for is in the image: what was removed was not needed.
set -eu
cd "$ROOTFS"
find usr -type f \( -perm /111 -o -name '*.so*' \) | LC_ALL=C sort | while IFS= read -r file; do
    readelf --dynamic "$file" 2>/dev/null | sed -n "s|.*(NEEDED).*\[\(.*\)\]|\1 $file|p"
done | while read -r library file; do
    [ -e "usr/lib/x86_64-linux-gnu/$library" ] || [ -e "usr/lib/x86_64-linux-gnu/systemd/$library" ] || [ -e "lib64/$library" ] ||
        echo "$file needs $library"
done >/work/missing
cat /work/missing
[ ! -s /work/missing ]

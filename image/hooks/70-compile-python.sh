#!/bin/sh
# Bytecode once, by the interpreter that will run it; never checked against its source again, so no clock and no
# write at run time. Several workers would not change a byte, but one keeps it plain.
set -eu
for folder in usr/lib/python3.13 usr/lib/python3/dist-packages; do
    chroot "$ROOTFS" /usr/bin/python3 -I -m compileall -q -f --invalidation-mode unchecked-hash "/$folder"
done

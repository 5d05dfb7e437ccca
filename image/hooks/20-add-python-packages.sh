#!/bin/sh
# The two packages that Debian does not have, straight out of their locked archives.
set -eu
sed -e 's/#.*//' -e '/^$/d' /locks/wheels.lock | while read -r requirement sha256 _; do
    python3 /source/image/unpack-python.py "${requirement%%==*}" "/inputs/$sha256" "$ROOTFS/usr/lib/python3/dist-packages"
done

#!/bin/sh
# In the finished root, embit must find the C library, and the two signers must be two builds.
set -eu
: >"$ROOTFS/dev/null"
CRYPTOGRAPHY_OPENSSL_NO_LEGACY=1 chroot "$ROOTFS" /usr/bin/python3 -I -B - </source/image/check-signers.py
rm "$ROOTFS/dev/null"

#!/bin/sh
# The loader's cache, through which ctypes finds the system's libsecp256k1.
set -eu
/usr/sbin/ldconfig -r "$ROOTFS"
rm -rf "$ROOTFS/var/cache"

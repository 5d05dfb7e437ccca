#!/bin/sh
# The files of rootfs_overlay/, verbatim: what is in the repository is what boots.
set -eu
cp --recursive --no-dereference --preserve=links /source/rootfs_overlay/. "$ROOTFS/"

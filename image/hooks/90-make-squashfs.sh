#!/bin/sh
# The root file system. No extended attributes, no exports, everything root's: there is no file that is not.
# SOURCE_DATE_EPOCH in the environment fixes its times; mksquashfs takes that or options, not both.
set -eu
rm -f /work/system.squashfs
mksquashfs "$ROOTFS" /work/system.squashfs -all-root -no-xattrs -no-exports -no-progress -quiet \
    -comp zstd -Xcompression-level 19 -b 256K

#!/bin/sh
# make-esp.sh LOADER IMAGE: a FAT image with LOADER where UEFI looks for it. Its size leaves room for a signature and does
# not depend on whether there is one; serial number, times and order are fixed.
set -eu
loader=$1 image=$2
mib=$((($(stat --format %s "$loader") + 256 * 1024) / 1048576 + 1))
touch --date "@$SOURCE_DATE_EPOCH" "$loader"
rm -f "$image"
mformat -C -i "$image" -h 64 -s 32 -t "$mib" -N "$FAT_SERIAL" -v "STRONGROOM " ::
mmd -i "$image" ::/EFI ::/EFI/BOOT
mcopy -m -i "$image" "$loader" ::/EFI/BOOT/BOOTX64.EFI

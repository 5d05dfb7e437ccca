#!/bin/sh
# Everything that boots in one archive: the menu, the kernel, the root file system. It becomes part of the UEFI loader, so
# that one signature covers all of it; the BIOS loader reads it in there.
set -eu
mkdir -p /work/boot/boot/grub
mv /work/system.squashfs /work/vmlinuz /work/boot/boot/
cp /source/image/boot/grub.cfg /work/boot/boot/grub/
tar --create --file /work/boot.tar --directory /work/boot --format ustar --sort name --mtime "@$SOURCE_DATE_EPOCH" \
    --owner 0 --group 0 --numeric-owner --mode u=rwX,go=rX boot

#!/bin/sh
# One ISO for optical media and USB sticks, BIOS and UEFI, written once from a tree.
set -eu
chmod -R u=rwX,go=rX /work/iso
find /work/iso -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
stamp=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S00)
xorriso -volume_date all_file_dates "=$SOURCE_DATE_EPOCH" -as mkisofs -quiet -rational-rock -joliet \
    -volid "$ISO_LABEL" -appid STRONGROOM -publisher STRONGROOM -preparer STRONGROOM -sysid LINUX \
    --modification-date="$stamp" -uid 0 -gid 0 \
    -eltorito-boot boot/grub/bios.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info \
    --grub2-mbr /usr/lib/grub/i386-pc/boot_hybrid.img -partition_offset 16 \
    --efi-boot boot/efi.img -efi-boot-part --efi-boot-image --protective-msdos-label \
    -output /work/out/strongroom.iso /work/iso 2>/work/xorriso.log || { cat /work/xorriso.log >&2; exit 1; }

#!/bin/sh
# GRUB for UEFI, in a FAT image with a fixed serial number.
set -eu
modules='iso9660 part_msdos part_gpt fat normal configfile search search_fs_file linux echo test true sleep
    all_video efi_gop efi_uga video_fb terminal serial keystatus halt reboot regexp'
# shellcheck disable=SC2086 # a list of words
grub-mkimage --format x86_64-efi --prefix /boot/grub --config /source/image/boot/early.cfg --output /work/bootx64.efi $modules
touch --date "@$SOURCE_DATE_EPOCH" /work/bootx64.efi
size=$(($(stat --format %s /work/bootx64.efi) / 1024 + 96))
rm -f /work/efi.img
mformat -C -i /work/efi.img -f 2880 -N "$FAT_SERIAL" -v "STRONGROOM " ::
[ "$size" -le 2800 ]
mmd -i /work/efi.img ::/EFI ::/EFI/BOOT
mcopy -m -i /work/efi.img /work/bootx64.efi ::/EFI/BOOT/BOOTX64.EFI

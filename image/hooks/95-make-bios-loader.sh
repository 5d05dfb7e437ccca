#!/bin/sh
# GRUB for BIOS, one image with every module that it will ever use, and where in efi.img its kernel and system are.
set -eu
modules='biosdisk iso9660 part_msdos part_gpt loopback normal configfile search search_fs_file linux echo test true sleep
    all_video vbe vga video_fb terminal serial keystatus halt reboot regexp'
# shellcheck disable=SC2086 # a list of words
grub-mkimage --format i386-pc --prefix /boot/grub --config /source/image/boot/early-bios.cfg --output /work/core.img $modules
mkdir -p /work/iso/boot/grub
cat /usr/lib/grub/i386-pc/cdboot.img /work/core.img >/work/iso/boot/grub/bios.img

place() { # FILE: "first+count" in sectors of efi.img
    offset=$(python3 /source/image/find-bytes.py "$1" /work/iso/boot/efi.img)
    [ $((offset % 512)) = 0 ]
    echo "$((offset / 512))+$((($(stat --format %s "$1") + 511) / 512))"
}
{
    echo "# archive=(esp)$(place /work/boot.tar)"
    echo "set kernel=(esp)$(place /work/boot/boot/vmlinuz)"
    echo "set system=(esp)$(place /work/boot/boot/system.squashfs)"
} >/work/iso/boot/grub/places.cfg
cp /source/image/boot/grub.cfg /source/image/boot/loopback.cfg /work/iso/boot/grub/

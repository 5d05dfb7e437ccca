#!/bin/sh
# GRUB for BIOS, one image with every module that it will ever use.
set -eu
modules='biosdisk iso9660 part_msdos part_gpt normal configfile search search_fs_file linux echo test true sleep
    all_video vbe vga video_fb terminal serial keystatus halt reboot regexp'
# shellcheck disable=SC2086 # a list of words
grub-mkimage --format i386-pc --prefix /boot/grub --config /source/image/boot/early.cfg --output /work/core.img $modules
cat /usr/lib/grub/i386-pc/cdboot.img /work/core.img >/work/iso/boot/grub/bios.img

#!/bin/sh
# GRUB for UEFI with the boot archive inside, alone in a FAT image. Two passes: padding of the size that the first one
# shows puts the archive on a sector's edge, where the BIOS loader can read it. GRUB looks at the padding never.
set -eu
modules='memdisk tar peimage normal configfile linux echo test true sleep
    all_video efi_gop efi_uga video_fb terminal serial keystatus halt reboot regexp'
make_loader() { # bytes of padding
    head -c "$1" /dev/zero >/work/padding
    # shellcheck disable=SC2086 # a list of words
    grub-mkimage --format x86_64-efi --disable-shim-lock --prefix /boot/grub --config /source/image/boot/early-efi.cfg \
        --pubkey /work/padding --memdisk /work/boot.tar --output /work/loader.efi $modules
}
make_loader 0
make_loader $((512 - $(python3 /source/image/find-bytes.py /work/boot.tar /work/loader.efi) % 512))
/source/image/make-esp.sh /work/loader.efi /work/iso/boot/efi.img

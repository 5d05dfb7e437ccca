# shellcheck shell=bash
# How the UEFI loader is taken out of an ISO, and put back where it was.

take_loader() { # ISO: leaves efi.img and loader.efi, and the place of efi.img in $place
    xorriso -osirrox on -indev "$1" -extract /boot/efi.img efi.img 2>xorriso.log || { cat xorriso.log; return 1; }
    place=$(python3 /source/image/find-bytes.py efi.img "$1")
    mcopy -n -i efi.img ::/EFI/BOOT/BOOTX64.EFI loader.efi
}

put_loader() { # LOADER ISO: the loader in a FAT image of the same size, at the same place
    /source/image/make-esp.sh "$1" new.img
    [ "$(stat --format %s new.img)" = "$(stat --format %s efi.img)" ] || { echo "the signature does not fit in"; return 1; }
    dd if=new.img of="$2" bs=2048 seek=$((place / 2048)) conv=notrunc status=none
}

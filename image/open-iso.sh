#!/bin/bash
# open-iso.sh ISO FOLDER: takes an image apart. FOLDER/iso: the ISO's files; FOLDER/boot: the archive inside its UEFI loader,
# with menu, kernel and root file system; FOLDER/root: the root file system.
set -euo pipefail
iso=$1 folder=$2
mkdir -p "$folder"
xorriso -osirrox on -indev "$iso" -extract / "$folder/iso" 2>"$folder/xorriso.log" || { cat "$folder/xorriso.log" >&2; exit 1; }
rm "$folder/xorriso.log"
place=$(sed -n 's/^# archive=(esp)//p' "$folder/iso/boot/grub/places.cfg")
dd if="$folder/iso/boot/efi.img" bs=1M iflag=skip_bytes,count_bytes skip=$((${place%+*} * 512)) count=$((${place#*+} * 512)) status=none |
    tar --extract --directory "$folder" --preserve-permissions
unsquashfs -quiet -no-progress -dest "$folder/root" "$folder/boot/system.squashfs" >/dev/null

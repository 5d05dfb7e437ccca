#!/bin/bash
# run.sh [--serial] [--uefi] [--usb] [--stick IMAGE]...: boots out/strongroom.iso in QEMU for a person.
set -euo pipefail
# shellcheck source=image/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

iso=$REPOSITORY/out/strongroom.iso
[ -e "$iso" ] || die "there is no $iso" "make it with './build.sh image'"
machine=(qemu-system-x86_64 -accel "${STRONGROOM_ACCEL:-tcg,thread=multi}" -cpu max -smp 2 -m 512 -nic none
    -device "qemu-xhci,id=usb" -device "usb-kbd,bus=usb.0")
firmware=/usr/share/ovmf/OVMF.fd
medium=(-cdrom "$iso")
stick=0
while [ $# -gt 0 ]; do
    case $1 in
        --serial) machine+=(-display none -serial mon:stdio) ;;
        --uefi)
            [ -e "$firmware" ] || die "there is no $firmware" "apt-get install ovmf"
            machine+=(-bios "$firmware")
            ;;
        --usb) medium=(-drive "if=none,id=boot,format=raw,readonly=on,file=$iso" -device "usb-storage,bus=usb.0,drive=boot,bootindex=0") ;;
        --stick)
            [ -e "${2-}" ] || die "--stick needs an image file, not '${2-}'" "make one with 'truncate --size 64M stick.img && mformat -i stick.img ::'"
            stick=$((stick + 1))
            machine+=(-drive "if=none,id=stick$stick,format=raw,file=$2" -device "usb-storage,bus=usb.0,drive=stick$stick,removable=on")
            shift
            ;;
        *) die "unknown option $1" "run.sh knows --serial, --uefi, --usb and --stick IMAGE" ;;
    esac
    shift
done
exec "${machine[@]}" "${medium[@]}"

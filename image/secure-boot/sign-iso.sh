#!/bin/bash
# sign-iso.sh KEY CERTIFICATE: in the build root. Signs the UEFI loader in /work/strongroom.iso with the key in /tmp/keys;
# no byte outside efi.img changes, and without the signature efi.img would be what it was.
set -euo pipefail
here=$(dirname -- "${BASH_SOURCE[0]}")
# shellcheck source=image/image.env
source "$here/../image.env"
export FAT_SERIAL
key=/tmp/keys/$1 certificate=/tmp/keys/$2
cd /work
# shellcheck source=image/secure-boot/loader.sh
source "$here/loader.sh"

take_loader strongroom.iso
cp efi.img unsigned.img
# a signature carries its time: that of the image, so that one key gives one signature
LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 FAKETIME_DISABLE_SHM=1 \
    FAKETIME=$(date --utc --date "@$SOURCE_DATE_EPOCH" '+%Y-%m-%d %H:%M:%S') \
    sbsign --key "$key" --cert "$certificate" --output signed.efi loader.efi
put_loader signed.efi strongroom.iso

# what lies in the ISO now is read again: the certificate matches it, and without the signature it is what was given
take_loader strongroom.iso
sbverify --cert "$certificate" loader.efi
python3 "$here/bare-loader.py" loader.efi bare.efi
"$here/../make-esp.sh" bare.efi bare.img
cmp bare.img unsigned.img

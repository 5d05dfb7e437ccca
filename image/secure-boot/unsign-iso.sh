#!/bin/bash
# unsign-iso.sh: in the build root. Takes the signature off the UEFI loader in /work/strongroom.iso.
set -euo pipefail
here=$(dirname -- "${BASH_SOURCE[0]}")
# shellcheck source=image/image.env
source "$here/../image.env"
export FAT_SERIAL
cd /work
# shellcheck source=image/secure-boot/loader.sh
source "$here/loader.sh"
take_loader strongroom.iso
python3 "$here/bare-loader.py" loader.efi bare.efi
put_loader bare.efi strongroom.iso

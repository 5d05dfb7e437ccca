#!/bin/bash
# make-image.sh: runs every hook in order, in the build root; leaves the ISO and what describes it in /work/out.
set -euo pipefail
# shellcheck source=image/image.env
source /source/image/image.env
export ROOTFS=/work/rootfs RELEASE SUITE ISO_LABEL FAT_SERIAL
mkdir -p "$ROOTFS" /work/out /work/iso/boot
for hook in /source/image/hooks/*.sh; do
    echo "    $(basename "$hook" .sh)"
    "$hook"
done

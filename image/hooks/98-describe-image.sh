#!/bin/sh
# What people and programs compare: digest, words, packages, parts list, and the file that builders sign.
set -eu
cd /work/out
sha256sum strongroom.iso >strongroom.iso.sha256
sed -n 's/^target \(.*\) [0-9a-f]*$/\1/p' /locks/debs.lock >strongroom.packages
PYTHONPATH=/source/app python3 /source/image/describe.py "$ROOTFS/etc/strongroom/release.json"
python3 /source/image/write-sbom.py strongroom.attestation.json >strongroom.cdx.json

#!/bin/sh
# What the station says about itself. A file can't hold its own digest, so the list leaves release.json out.
set -eu
cd "$ROOTFS"
find . -type f ! -path ./etc/strongroom/release.json -print0 | LC_ALL=C sort -z | xargs -0 sha256sum >/work/out/strongroom.contents
DIGEST=$(sha256sum </work/out/strongroom.contents | cut -d' ' -f1)
BUILT=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
mkdir -p etc/strongroom
sed -e "s/@RELEASE@/$RELEASE/" -e "s/@COMMIT@/$COMMIT/" -e "s/@EPOCH@/$SOURCE_DATE_EPOCH/" -e "s/@BUILT@/$BUILT/" \
    -e "s/@DIGEST@/$DIGEST/" /source/image/release.json.in >etc/strongroom/release.json
chmod 0644 etc/strongroom/release.json
find . -print0 | xargs -0 touch --no-dereference --date "@$SOURCE_DATE_EPOCH"

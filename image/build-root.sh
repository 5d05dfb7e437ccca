#!/bin/bash
# build-root.sh: prints the folder of the pinned build root, making it from the locked packages if the cache has none.
set -euo pipefail
# shellcheck source=image/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

alone build-root
lock=$(mktemp)
trap 'rm -f "$lock"' EXIT
grep '^build ' "$LOCKS/debs.lock" >"$lock"
key=$(cat "$lock" "$IMAGE/unpack.sh" | sha256sum | cut -c1-16)
root=$CACHE/build-root-$key
if [ ! -e "$root" ]; then
    step "unpacking the build root"
    rm -rf "$root.new"
    "$IMAGE/unpack.sh" "$lock" "$INPUTS" "$root.new"
    ln -s mawk "$root.new/usr/bin/awk"
    mkdir -p "$root.new"/{work,inputs,locks,proc,dev,tmp,source/image,source/rootfs_overlay,source/app/strongroom}
    as_root chroot "$root.new" /usr/sbin/ldconfig
    mv "$root.new" "$root"
fi
echo "$root"

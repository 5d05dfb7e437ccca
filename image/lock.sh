#!/bin/bash
# lock.sh [FOLDER]: resolves every list into locks and prints what changed. FOLDER is image/ unless given.
set -euo pipefail
# shellcheck source=image/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

folder=${1:-$IMAGE}
mkdir -p "$folder"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

step "resolving the build root, the station and the kernel in $SUITE"
echo "$KERNEL_PACKAGE" >"$scratch/kernel.list"
resolve() {
    with_archive "$IMAGE/apt/resolve.sh" "$scratch/$1" "$1" "$2" || die "cannot resolve $2" "is a Debian mirror reachable? try --mirror URL"
}
resolve build "$IMAGE/build-root.list"
resolve target "$IMAGE/packages.list"
resolve kernel "$scratch/kernel.list"

header='# Written by ./build.sh lock: root, package, version, architecture, sha256.'
resolved="# What the archive had at $(date --utc +%Y%m%dT%H%M%SZ)."
{ echo "$header"; echo "$resolved"; cat "$scratch/build" "$scratch/target"; } >"$scratch/debs.lock"
{ echo "$header"; grep "^kernel $KERNEL_PACKAGE " "$scratch/kernel"; } >"$scratch/kernel.lock"
for lock in debs.lock kernel.lock; do
    "$IMAGE/lock-changes.sh" "$folder/$lock" "$scratch/$lock"
done >"$scratch/changes"
cat "$scratch/changes"
cp "$scratch/debs.lock" "$scratch/kernel.lock" "$folder/"
[ "$folder" = "$IMAGE" ] || cp "$IMAGE/wheels.lock" "$folder/wheels.lock"
step "locked $(grep -c '^build ' "$folder/debs.lock") packages for the build root, $(grep -c '^target ' "$folder/debs.lock") for the station, $(grep -c . "$scratch/changes" || true) changes"

#!/bin/bash
# assemble.sh [FOLDER]: stage 2, without a network. Makes the ISO and its companions in FOLDER (out/) from verified inputs.
set -euo pipefail
# shellcheck source=image/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

out=${1:-$REPOSITORY/out}
root=$("$IMAGE/build-root.sh")
kernel=$("$IMAGE/kernel.sh")
mkdir -p "$out"
work=$(mktemp -d "$WORK/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$kernel/vmlinuz" "$work/vmlinuz"

# the commit names the image only if the image is made of that commit, locks included
COMMIT=uncommitted
if cat "$LOCKS"/*.lock | cmp --silent - <(cat "$IMAGE"/*.lock) &&
    head=$(git -C "$REPOSITORY" rev-parse --verify --quiet HEAD 2>/dev/null) &&
    [ -z "$(git --no-optional-locks -C "$REPOSITORY" status --porcelain -- image rootfs_overlay app/strongroom)" ]; then
    COMMIT=$head
fi

step "assembling the image (commit: ${COMMIT:0:12})"
export COMMIT SOURCE_DATE_EPOCH STRONGROOM_SOURCE=$REPOSITORY STRONGROOM_INPUTS=$INPUTS STRONGROOM_LOCKS=$LOCKS
as_root "$IMAGE/enter.sh" "$root" "$work" /source/image/make-image.sh >&2 ||
    die "a hook failed" "its name is the last one above; run it again after the fix, the inputs and the kernel are kept"

cp "$kernel/kernel.config" "$kernel/console-font.bin" "$work/out/"
size=$(($(stat --format %s "$work/out/strongroom.iso") / 1000))
[ "$size" -le $((ISO_MAX_MB * 1000)) ] || die "the ISO has $size kB" "the ceiling is ISO_MAX_MB in image/image.env"
mkdir -p "$out/locks"
cp "$work/out"/* "$out/"
cp "$LOCKS"/*.lock "$out/locks/"
step "$out/strongroom.iso: $((size / 1000)).$((size % 1000 / 100)) MB, sha256 $(cut -c1-64 "$out/strongroom.iso.sha256")"
sed 's/^/    /' "$out/strongroom.iso.words" >&2

#!/bin/bash
# kernel.sh: prints the folder with the kernel, its configuration and its font, compiling it if the cache has none.
# With STRONGROOM_KERNEL_AGAIN=FOLDER it compiles in any case, and leaves the result there.
set -euo pipefail
# shellcheck source=image/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

root=$("$IMAGE/build-root.sh")
key=$(cat "$IMAGE/kernel.config" "$IMAGE/make-kernel.sh" "$IMAGE/read-font.py" "$LOCKS/kernel.lock" \
    <(basename "$root") <(echo "$SOURCE_DATE_EPOCH") | sha256sum | cut -c1-16)
alone "kernel-$key"
kernel=${STRONGROOM_KERNEL_AGAIN:-$CACHE/kernel-$key}
log=$CACHE/kernel-$key.log
if [ ! -e "$kernel" ]; then
    step "compiling the kernel (about 6 minutes on two cores; kept for next time)"
    work=$(mktemp -d "$WORK/work.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    export STRONGROOM_SOURCE=$REPOSITORY STRONGROOM_INPUTS=$INPUTS STRONGROOM_LOCKS=$LOCKS SOURCE_DATE_EPOCH
    as_root "$IMAGE/enter.sh" "$root" "$work" /source/image/make-kernel.sh "$(locked kernel | cut -d' ' -f4)" \
        >"$log" 2>&1 || die "the kernel does not compile: $(tail -n 3 "$log")" "see $log"
    mv "$work/out" "$kernel"
fi
echo "$kernel"

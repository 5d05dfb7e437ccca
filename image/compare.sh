#!/bin/bash
# compare.sh FOLDER: compares FOLDER/first with FOLDER/second; stops at the first difference and names the file.
set -euo pipefail
# shellcheck source=image/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

first=$1/first second=$1/second
diff <(cd "$first" && ls) <(cd "$second" && ls) >&2 || die "the builds leave different files" "they are listed above"
for name in locks/debs.lock strongroom.contents strongroom.packages kernel.config console-font.bin strongroom.iso; do
    cmp --silent "$first/$name" "$second/$name" && continue
    # the first line that differs names the file inside
    diff "$first/$name" "$second/$name" 2>&1 | head -n 3 >&2 || true
    die "$name differs between the two builds" "'./build.sh verify --keep FOLDER' keeps both; compare their trees"
done
step "both builds are the same, byte for byte: $(sha256sum <"$first/strongroom.iso" | cut -c1-64)"

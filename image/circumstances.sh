#!/bin/bash
# circumstances.sh: what a build could take up from where it runs, one "name: value" a line. The clock and the order of
# files are what a hook sees in the build root.
set -euo pipefail
umask=$(umask)
# shellcheck source=image/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
root=$("$IMAGE/build-root.sh")
work=$(mktemp -d "$WORK/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
touch "$work"/{a,b,c,d}{1,2,3,4,5,6,7,8}

echo "folder: $REPOSITORY"
echo "host name: $(hostname)"
echo "user: $(id -u) ${USER-nobody}"
echo "umask: $umask"
echo "time zone: $(date +%Z)"
echo "locale: ${LC_ALL-} ${LANG-}"
echo "processors: $(nproc)"
export SOURCE_DATE_EPOCH STRONGROOM_SOURCE=$REPOSITORY STRONGROOM_INPUTS=$INPUTS STRONGROOM_LOCKS=$LOCKS
# shellcheck disable=SC2016 # expanded in the build root
as_root "$IMAGE/enter.sh" "$root" "$work" sh -c 'echo "year: $(date +%Y)"; echo "order of files: $(ls -U /work | head -n 8 | tr "\n" " ")"'

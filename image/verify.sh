#!/bin/bash
# verify.sh [--kernel] [--keep FOLDER]: makes the image twice under different circumstances and compares every byte.
# With --kernel the second build compiles the kernel again too. Without --keep both results are removed.
set -euo pipefail
# shellcheck source=image/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

again=no keep=
while [ $# -gt 0 ]; do
    case $1 in
        --kernel) again=yes ;;
        --keep) keep=${2:?--keep needs a folder} && shift ;;
        *) die "unknown option $1" "verify knows --kernel and --keep FOLDER" ;;
    esac
    shift
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
result=${keep:-$scratch}
mkdir -p "$result"/{first,second}
result=$(cd "$result" && pwd)
copy=$scratch/another/and/longer/folder
# both builds start from the same state of the tree, whoever edits it meanwhile
mkdir -p "$copy"
(cd "$REPOSITORY" && find image rootfs_overlay app/strongroom -name __pycache__ -prune -o -print | LC_ALL=C sort --reverse |
    tar --create --no-recursion --files-from -) | (umask 077 && tar --extract --directory "$copy" --no-same-permissions)
[ ! -e "$REPOSITORY/.git" ] || ln -s "$REPOSITORY/.git" "$copy/.git"

step "first build, as always"
"$IMAGE/assemble.sh" "$result/first"

step "second build: another folder, order of files, umask, time zone, locale and user name"
export STRONGROOM_CACHE=$CACHE STRONGROOM_LOCKS=$LOCKS
export HOME=$scratch TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 LANG=tr_TR.UTF-8 USER=somebody
if [ "$again" = yes ]; then
    export STRONGROOM_KERNEL_AGAIN=$scratch/kernel
fi
(umask 077 && cd / && "$copy/image/assemble.sh" "$result/second")

"$IMAGE/compare.sh" "$result"

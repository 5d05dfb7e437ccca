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
scratch=$(mktemp -d "$CACHE/verify.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
result=${keep:-$scratch}
mkdir -p "$result"/{first,second} "$scratch/elsewhere"
result=$(cd "$result" && pwd)
# both builds start from the same state of the tree, whoever edits it meanwhile; in the copy, the last file comes first
(cd "$REPOSITORY" && find image rootfs_overlay app/strongroom -name __pycache__ -prune -o -print | LC_ALL=C sort --reverse |
    tar --create --no-recursion --file "$scratch/sources.tar" --files-from -)
if [ -e "$REPOSITORY/.git" ]; then
    export GIT_DIR
    GIT_DIR=$(git -C "$REPOSITORY" rev-parse --absolute-git-dir)
fi

export STRONGROOM_CACHE=$CACHE STRONGROOM_LOCKS=$LOCKS
elsewhere() { "$IMAGE/elsewhere.sh" "$scratch/elsewhere" "$scratch/sources.tar" "$@"; }

step "two builds, one here and one elsewhere"
"$IMAGE/circumstances.sh" >"$scratch/here"
elsewhere image/circumstances.sh >"$scratch/there"
paste -d '|' "$scratch/here" <(cut -d: -f2- "$scratch/there") | sed -e 's/: /|/' -e 's/| /|/' | column -t -s '|' >&2
alike=$(comm -12 <(sort "$scratch/here") <(sort "$scratch/there") | cut -d: -f1)
case $alike in
    "") ;;
    processors) step "note: this machine has one processor, so both builds use one" ;;
    *) die "both builds would run with the same ${alike//$'\n'/, }" "nothing would be proven about it" ;;
esac

step "the build here"
"$IMAGE/assemble.sh" "$result/first"
step "the build elsewhere"
if [ "$again" = yes ]; then
    export STRONGROOM_KERNEL_AGAIN=$scratch/kernel
fi
elsewhere image/assemble.sh "$result/second"

export SOURCE_DATE_EPOCH STRONGROOM_SOURCE=$REPOSITORY STRONGROOM_INPUTS=$INPUTS
as_root "$IMAGE/enter.sh" "$("$IMAGE/build-root.sh")" "$result" /source/image/compare.sh /work ||
    die "the image does not reproduce" "'./build.sh verify --keep FOLDER' keeps both builds, and both taken apart"
step "both builds are the same, byte for byte: $(cut -c1-64 "$result/first/strongroom.iso.sha256")"

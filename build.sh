#!/bin/bash
# The only entry point: ./build.sh help
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=image/lib.sh
source "$here/image/lib.sh"

build_image() { # [--fresh-lock | --or-fresh-lock] [--sign KEY]
    local fetched=0 fresh='' key=''
    while [ $# -gt 0 ]; do
        case $1 in
            --or-fresh-lock) fresh=$1 ;;
            --fresh-lock) fresh=$1 fetched=3 ;;
            --sign) key=${2:?--sign needs a key} && shift ;;
            *) die "unknown option $1" "see ./build.sh help" ;;
        esac
        shift
    done
    "$here/image/prepare-host.sh"
    if [ "$fetched" = 0 ]; then
        step "[1/3] inputs"
        "$here/image/fetch.sh" || fetched=$?
    fi
    if [ "$fetched" = 3 ] && [ -n "$fresh" ]; then
        export STRONGROOM_LOCKS=$CACHE/fresh-lock
        step "[1/3] NOT THE LOCKED IMAGE: building from what the mirror has today, resolved into $STRONGROOM_LOCKS"
        "$here/image/lock.sh" "$STRONGROOM_LOCKS"
        "$here/image/fetch.sh"
    elif [ "$fetched" != 0 ]; then
        exit "$fetched"
    fi
    step "[2/3] build root and kernel"
    "$here/image/kernel.sh" >/dev/null
    step "[3/3] image"
    "$here/image/assemble.sh"
    [ -z "$key" ] || "$here/image/secure-boot.sh" sign "$key"
}

command=${1:-help}
shift || true
arguments=()
while [ $# -gt 0 ]; do
    if [ "$1" = --mirror ]; then
        export STRONGROOM_MIRROR=${STRONGROOM_MIRROR-}$'\n'${2:?--mirror needs a URL}
        shift
    else
        arguments+=("$1")
    fi
    shift
done
set -- "${arguments[@]}"
case $command in
    image) build_image "$@" ;;
    verify) build_image && exec "$here/image/verify.sh" "$@" ;;
    lock) "$here/image/prepare-host.sh" && exec "$here/image/lock.sh" ;;
    keys | unsign) "$here/image/prepare-host.sh" && exec "$here/image/secure-boot.sh" "$command" "$@" ;;
    run) exec "$here/image/run.sh" "$@" ;;
    demo) build_image && cd "$here" && exec tests/venv.sh python -m tests.e2e.demo "$@" ;;
    test) cd "$here" && exec tests/run.sh "$@" ;;
    bench) cd "$here" && exec tests/venv.sh python -m "bench.${1:?bench needs a name: see ./build.sh help}" "${@:2}" ;;
    rehearse) exec "$here/tests/venv.sh" python -m strongroom.station.rehearse "$@" ;;
    help | --help | -h) cat "$here/image/usage.txt" ;;
    *) die "unknown command $command" "see ./build.sh help" ;;
esac

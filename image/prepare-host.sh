#!/bin/bash
# prepare-host.sh [LIST...]: installs what of LIST (image/host-packages.list) the host lacks, where it may; says what to
# install where it may not. A line names a program, a file (/...) or a Python module (python3:...), and its package.
set -euo pipefail
# shellcheck source=image/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

is_there() {
    case $1 in
        /*) [ -e "$1" ] ;;
        python3:*) python3 -c "import ${1#python3:}" 2>/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

[ $# -gt 0 ] || set -- "$IMAGE/host-packages.list"
missing=()
while read -r thing package; do
    is_there "$thing" || missing+=("$package")
done < <(for list in "$@"; do names_in "$list"; done)
[ ${#missing[@]} -gt 0 ] || exit 0
step "installing ${missing[*]}"
sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo --non-interactive)
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive sh -c \
    'apt-get update --quiet=2 && apt-get install --quiet=2 --yes --no-install-recommends "$@"' sh "${missing[@]}" >/dev/null ||
    die "this host lacks ${missing[*]}" "as root: apt-get install --no-install-recommends ${missing[*]}"

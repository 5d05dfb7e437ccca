#!/bin/bash
# prepare-host.sh: installs what the host lacks, where it may; says what to install where it may not.
set -euo pipefail
# shellcheck source=image/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

missing=()
while read -r tool package; do
    command -v "$tool" >/dev/null || missing+=("$package")
done < <(names_in "$IMAGE/host-packages.list")
[ ${#missing[@]} -gt 0 ] || exit 0
step "installing ${missing[*]}"
sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo --non-interactive)
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive sh -c \
    'apt-get update --quiet=2 && apt-get install --quiet=2 --yes --no-install-recommends "$@"' sh "${missing[@]}" >/dev/null ||
    die "this host lacks ${missing[*]}" "as root: apt-get install --no-install-recommends ${missing[*]}"

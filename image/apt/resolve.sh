#!/bin/bash
# resolve.sh OUT ROOT LIST: writes "ROOT name version architecture sha256" for LIST and all that it depends on.
# Runs inside with_archive, so apt sees an empty system: what it would install is the whole root.
set -euo pipefail
out=$1 root=$2 list=$3
names=$(sed -e 's/#.*//' "$list" | awk '$1 !~ /^!/ { print $1 }')
left_out=$(sed -e 's/#.*//' "$list" | awk '/^!/ { print substr($1, 2) }')

# shellcheck disable=SC2086 # a list of words
plan=$(apt-get --simulate install $names)
wanted=$(awk '/^Inst / { print $2 "=" substr($3, 2) }' <<<"$plan" | LC_ALL=C sort)
for name in $left_out; do
    grep -q "^$name=" <<<"$wanted" || echo "note: $list leaves out $name, which nothing asks for" >&2
    wanted=$(grep -v "^$name=" <<<"$wanted")
done

# shellcheck disable=SC2086
apt-cache show $wanted | awk -v root="$root" '
    /^Package: / { name = $2 } /^Version: / { version = $2 } /^Architecture: / { arch = $2 }
    /^SHA256: / { print root, name, version, arch, $2 }' | LC_ALL=C sort -u >"$out"

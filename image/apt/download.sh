#!/bin/bash
# download.sh FOLDER WANTED GONE: downloads each "name version architecture sha256" of WANTED into FOLDER, named by
# sha256. Runs inside with_archive. Before it gives up, writes every version that the archive no longer has into GONE.
set -euo pipefail
folder=$1 wanted=$2 gone=$3
while read -r name version _; do
    apt-cache show "$name=$version" >/dev/null 2>&1 && continue
    has=$(apt-cache madison "$name" | awk 'NR == 1 { print $3 }')
    echo "error: the mirror no longer has $name $version (it has ${has:-none})" >>"$gone"
done <"$wanted"
[ ! -s "$gone" ] || exit 1

scratch=$(mktemp -d "$folder/.download.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
awk '{ print $1 "=" $2 }' "$wanted" | xargs apt-get --quiet=2 download
for deb in *.deb; do
    mv "$deb" "$folder/$(sha256sum "$deb" | cut -d' ' -f1)"
done

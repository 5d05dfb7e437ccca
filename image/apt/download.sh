#!/bin/bash
# download.sh FOLDER WANTED GONE: downloads each "name version architecture sha256" of WANTED into FOLDER, named by
# sha256. Runs inside with_archive. Before it gives up, writes every version that the archive no longer has into GONE.
set -euo pipefail
folder=$1 wanted=$2 gone=$3
awk '{ print $1 }' "$wanted" | xargs apt-cache madison | awk '{ print $1, $3 }' >"$gone.has"
while read -r name version _; do
    grep -qxF "$name $version" "$gone.has" && continue
    has=$(grep -F -m 1 "$name " "$gone.has" | cut -d' ' -f2 || true)
    echo "error: the mirror no longer has $name $version (it has ${has:-none})" >>"$gone"
done <"$wanted"
rm "$gone.has"
[ ! -s "$gone" ] || exit 1

scratch=$(mktemp -d "$folder/.download.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
awk '{ print $1 "=" $2 }' "$wanted" | xargs apt-get --quiet=2 download
for deb in *.deb; do
    mv "$deb" "$folder/$(sha256sum "$deb" | cut -d' ' -f1)"
done

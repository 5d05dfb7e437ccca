#!/bin/sh
# unpack.sh LOCK INPUTS FOLDER: unpacks "root name version architecture sha256" packages into FOLDER.
# Their scripts never run: what a root needs beyond its packages' files is written down in this repository.
set -eu
lock=$1 inputs=$2 folder=$3
mkdir -p "$folder"
# base-files first: it brings /bin -> usr/bin and its likes, through which older paths resolve
{ grep ' base-files ' "$lock"; grep -v ' base-files ' "$lock"; } | while read -r _ _ _ _ sha256; do
    dpkg-deb --fsys-tarfile "$inputs/$sha256" |
        tar --extract --directory "$folder" --keep-directory-symlink --no-same-owner --preserve-permissions
done

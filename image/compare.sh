#!/bin/bash
# compare.sh FOLDER: compares the builds in FOLDER/first and FOLDER/second, in the build root. Stops at the first difference
# and names the file, through every layer: ISO, archive in its loader, root file system.
set -euo pipefail
here=$(dirname -- "${BASH_SOURCE[0]}")
cd "$1"

differ() { # PLACE DETAIL
    printf 'error: the two builds differ: %s\n' "$1" >&2
    printf '  %s\n' "${2//$'\n'/$'\n  '}" >&2
    exit 1
}

list() { # FOLDER: everything that a file system says about what is in it
    (cd "$1" && find . -mindepth 1 \( -type d -printf '%P/ mode %m owner %U:%G time %T@\n' \) -o \
        -printf '%P mode %m owner %U:%G size %s time %T@ %l\n' | LC_ALL=C sort)
}

files() { # every file; release.json last, since it holds a digest over the others
    find . -type f ! -name release.json -printf '%P\n' | LC_ALL=C sort
    find . -type f -name release.json -printf '%P\n'
}

first_difference() { # FOLDER FOLDER: the first path that differs, a tab, and how; nothing if none does
    local line name
    line=$(diff --unchanged-line-format= --old-line-format='first build: %L' --new-line-format='second build: %L' \
        <(list "$1" | sed 's/ mode .*//') <(list "$2" | sed 's/ mode .*//') | head -n 1 || true)
    if [ -n "$line" ]; then
        printf '%s\tonly in the %s\n' "${line#*: }" "${line%%: *}"
        return
    fi
    while IFS= read -r name; do
        cmp --silent "$1/$name" "$2/$name" && continue
        printf '%s\t%s\n' "$name" "$(diff --text "$1/$name" "$2/$name" | head -c 300 | tr -cd '[:print:]\n' | head -n 4)"
        return
    done < <(cd "$1" && files)
    line=$(diff <(list "$1") <(list "$2") | grep '^[<>]' | LC_ALL=C sort -s -k 2,2 | head -n 2 || true)
    [ -z "$line" ] || printf '%s\t%s\n' "$(head -n 1 <<<"$line" | sed 's/^. \(.*\) mode .*/\1/')" "$line"
}

descend() { # PLACE FOLDER: what is named by FOLDER below opened/first and opened/second; goes on inside where it can
    local found name detail
    found=$(first_difference "opened/first/$2" "opened/second/$2")
    [ -n "$found" ] || return 0
    name=${found%%$'\t'*} detail=${found#*$'\t'}
    case $2/$name in
        iso/boot/efi.img) descend "$1: boot/efi.img" boot ;;
        boot/system.squashfs) descend "$1: system.squashfs" root ;;
    esac
    differ "$1: $name" "$detail"
}

diff <(cd first && find . -type f | LC_ALL=C sort) <(cd second && find . -type f | LC_ALL=C sort) >&2 ||
    differ "files" "they are listed above"
if ! cmp --silent first/strongroom.iso second/strongroom.iso; then
    for build in first second; do
        "$here/open-iso.sh" "$build/strongroom.iso" "opened/$build"
    done
    descend strongroom.iso iso
    differ "strongroom.iso: outside its files" "$(cmp first/strongroom.iso second/strongroom.iso)"
fi
while IFS= read -r name; do
    cmp --silent "first/$name" "second/$name" || differ "$name" "$(diff "first/$name" "second/$name" | head -n 4)"
done < <(cd first && find . -type f -printf '%P\n' | LC_ALL=C sort)

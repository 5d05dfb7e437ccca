#!/bin/sh
# lock-changes.sh OLD NEW: prints what a new lock adds, removes and changes, one package a line.
set -eu
[ -e "$1" ] || set -- /dev/null "$2"
awk '
    /^#/ { next }
    { name = $1 " " $2; names[name] }
    FILENAME == ARGV[1] { old[name] = $3; was[name] = $5; next }
    { new[name] = $3; is[name] = $5 }
    END {
        for (name in names) {
            if (!(name in old)) print "  added    " name " " new[name]
            else if (!(name in new)) print "  removed  " name " " old[name]
            else if (old[name] != new[name]) print "  changed  " name " " old[name] " -> " new[name]
            else if (was[name] != is[name]) print "  REPLACED " name " " new[name] ": the same version, and other bytes"
        }
    }' "$1" "$2" | LC_ALL=C sort

#!/bin/bash
# elsewhere.sh FOLDER SOURCES COMMAND...: unpacks SOURCES into FOLDER and runs COMMAND there as somebody else would on another
# machine: another host and user name, one processor, file systems that list folders in another order, a clock that is a
# year ahead, another umask, time zone and locale. Needs no more rights than the build itself.
set -euo pipefail
if [ "$1" != --inside ]; then
    exec unshare --user --map-root-user --uts --mount -- "$0" --inside "$@"
fi
shift
folder=$1 sources=$2
shift 2
hostname elsewhere
# a file system in memory lists what was made last first; others list by hash, or what was made first
mount -t tmpfs -o mode=0777,size=75% tmpfs "$folder"
umask 077
mkdir -p "$folder/another/and/longer/folder"
cd "$folder/another/and/longer/folder"
tar --extract --file "$sources" --no-same-owner --no-same-permissions --touch
export STRONGROOM_WORK=$folder STRONGROOM_FAKETIME=+1y
export HOME=$folder USER=somebody LOGNAME=somebody TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 LANG=tr_TR.UTF-8
processor=$(taskset --cpu-list --pid $$ | sed 's/.*[^0-9]//')
exec unshare --user --map-user 4321 --map-group 4321 -- taskset --cpu-list "$processor" "$@"

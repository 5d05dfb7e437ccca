#!/bin/sh
# enter.sh ROOT WORK COMMAND...: runs COMMAND in the build root ROOT, with no network and nothing of the host in sight.
# Called as (real or mapped) root. Read-only inside: ROOT, /source (the repository's image, overlay and application),
# /inputs, /locks. Writable: /work and /tmp. Where STRONGROOM_KEYS names a folder, it is /tmp/keys, and a passphrase can be
# asked for. STRONGROOM_FAKETIME (+1y) gives every program another clock.
set -eu
if [ "$1" != --inside ]; then
    exec unshare --net --mount --pid --uts --ipc --fork --kill-child --propagation private -- "$0" --inside "$@"
fi
root=$2 work=$3
shift 3
mount --bind "$root" "$root"
bind() { # source, target below the root, options
    mount --bind "$1" "$root/$2"
    [ -z "${3-}" ] || mount -o "remount,bind,$3" "$root/$2"
}
for part in image rootfs_overlay app/strongroom; do
    bind "$STRONGROOM_SOURCE/$part" "source/$part" ro
done
bind "$STRONGROOM_INPUTS" inputs ro
bind "$STRONGROOM_LOCKS" locks ro
bind "$work" work
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
for node in null zero full random urandom; do
    : >"$root/dev/$node"
    bind "/dev/$node" "dev/$node"
done
ln -s /proc/self/fd "$root/dev/fd"
clock=
if [ -n "${STRONGROOM_FAKETIME-}" ]; then
    clock="LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 FAKETIME=$STRONGROOM_FAKETIME NO_FAKE_STAT=1 FAKETIME_DISABLE_SHM=1"
fi
if [ -n "${STRONGROOM_KEYS-}" ]; then
    mkdir "$root/tmp/keys"
    bind "$STRONGROOM_KEYS" tmp/keys ro
    : >"$root/dev/tty"
    bind /dev/tty dev/tty
fi
mount -t proc proc "$root/proc"
mount -o remount,bind,ro "$root"
hostname strongroom
cd /
# shellcheck disable=SC2086 # a list of settings
exec env -i $clock PATH=/usr/sbin:/usr/bin LC_ALL=C TZ=UTC HOME=/tmp \
    SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" COMMIT="${COMMIT-}" PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 \
    chroot "$root" /bin/sh -c 'umask 022; cd /work; exec "$@"' sh "$@"

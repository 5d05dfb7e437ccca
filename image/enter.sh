#!/bin/sh
# enter.sh ROOT WORK COMMAND...: runs COMMAND in the build root ROOT, with no network and nothing of the host in sight.
# Called as (real or mapped) root. Read-only inside: ROOT, /source (the repository's image, overlay and application),
# /inputs, /locks. Writable: /work and /tmp.
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
mount -t proc proc "$root/proc"
mount -o remount,bind,ro "$root"
hostname strongroom
cd /
exec env -i PATH=/usr/sbin:/usr/bin LC_ALL=C TZ=UTC HOME=/tmp \
    SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" COMMIT="${COMMIT-}" PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 \
    chroot "$root" /bin/sh -c 'umask 022; cd /work; exec "$@"' sh "$@"

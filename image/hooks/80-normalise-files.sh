#!/bin/sh
# Owners, modes and times that do not depend on who built it. Ownership: everything is root's, at mksquashfs.
set -eu
cd "$ROOTFS"
find . -type d -exec chmod 0755 {} +
find . -type f -perm /111 -exec chmod 0755 {} +
find . -type f ! -perm /111 -exec chmod 0644 {} +
chmod 0600 etc/shadow
chmod 0700 root

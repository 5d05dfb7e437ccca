#!/bin/sh
# The locked packages' files, and nothing of what their scripts would do.
set -eu
grep '^target ' /locks/debs.lock >/work/target.lock
/source/image/unpack.sh /work/target.lock /inputs "$ROOTFS"

#!/bin/sh
# What is not in the image can't be started, loaded or exploited.
set -eu
python3 /source/image/prune.py "$ROOTFS" /source/image/kept.list /source/image/removed.list

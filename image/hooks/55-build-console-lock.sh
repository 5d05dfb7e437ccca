#!/bin/sh
# The one program of ours that is not Python: it must run before the application and cost nothing.
set -eu
mkdir -p "$ROOTFS/usr/lib/strongroom"
gcc -O2 -Wall -Wextra -Werror -fPIE -pie -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wl,-z,relro,-z,now,--build-id=none -s \
    -ffile-prefix-map=/source=. -o "$ROOTFS/usr/lib/strongroom/lock-console" /source/image/lock-console.c

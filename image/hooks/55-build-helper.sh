#!/bin/sh
# The one program of ours that is not Python, which must run before the application and cost nothing, and the keyboards that
# it has to choose from.
set -eu
library=$ROOTFS/usr/lib/strongroom
mkdir -p "$library/keymaps"
cp /source/image/keymaps/*.keys "$library/keymaps/"
gcc -O2 -Wall -Wextra -Werror -fPIE -pie -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wl,-z,relro,-z,now,--build-id=none -s \
    -ffile-prefix-map=/source=. -o "$library/prepare-console" /source/image/prepare-console.c

#!/bin/sh
# The keyboards to choose from in the boot menu, and the program that gives the console the chosen one.
set -eu
library=$ROOTFS/usr/lib/strongroom
mkdir -p "$library/keymaps"
cp /source/image/keymaps/*.keys "$library/keymaps/"
gcc -O2 -Wall -Wextra -Werror -fPIE -pie -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wl,-z,relro,-z,now,--build-id=none -s \
    -ffile-prefix-map=/source=. -o "$library/set-keyboard" /source/image/set-keyboard.c

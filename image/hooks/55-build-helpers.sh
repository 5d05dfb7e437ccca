#!/bin/sh
# The two programs of ours that are not Python: they must run before the application and cost nothing.
set -eu
mkdir -p "$ROOTFS/usr/lib/strongroom"
for program in lock-console try-sockets; do
    gcc -O2 -Wall -Wextra -Werror -fPIE -pie -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wl,-z,relro,-z,now,--build-id=none -s \
        -ffile-prefix-map=/source=. -o "$ROOTFS/usr/lib/strongroom/$program" "/source/image/$program.c"
done

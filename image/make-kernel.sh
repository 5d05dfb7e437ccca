#!/bin/bash
# make-kernel.sh SHA256: compiles the locked kernel source in the build root; leaves vmlinuz, config and font in /work/out.
set -euo pipefail

export KBUILD_BUILD_TIMESTAMP="@$SOURCE_DATE_EPOCH" KBUILD_BUILD_USER=strongroom KBUILD_BUILD_HOST=strongroom
export KBUILD_BUILD_VERSION=1 KCFLAGS=-ffile-prefix-map=/work/linux=.

# drivers of graphics and sound cards are most of the source; only their Kconfig and Makefiles are looked at
mkdir linux out
dpkg-deb --fsys-tarfile "/inputs/$1" | tar --extract --to-stdout --wildcards './usr/src/linux-source-*.tar.xz' |
    xz --decompress | tar --extract --directory linux --strip-components 1 \
    --exclude 'linux-source-*/drivers/gpu/drm/*/*.[ch]' --exclude 'linux-source-*/drivers/gpu/drm/amd/*/*/*.[ch]' \
    --exclude 'linux-source-*/Documentation/*/*'
cd linux

python3 /source/image/read-font.py lib/fonts/font_8x16.c >../out/console-font.bin

make KCONFIG_ALLCONFIG=/source/image/kernel.config allnoconfig
# a line that does not hold is a wish that a dependency overruled
grep '^CONFIG_' /source/image/kernel.config | while IFS= read -r line; do
    case $line in
        *=n) ! grep "^${line%n}" .config ;;
        *) grep -qxF "$line" .config || echo "does not hold: $line" ;;
    esac
done | tee ../refused
[ ! -s ../refused ] || exit 1

make -j"$(nproc)" bzImage
cp arch/x86/boot/bzImage ../out/vmlinuz
cp .config ../out/kernel.config

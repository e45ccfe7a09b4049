#!/bin/sh
# SPDX-License-Identifier: MIT
# Looks for what the given goal of the makefile needs, by the files themselves. Only when something
# is missing a package manager comes into play: apt installs it (as root or by sudo); for other
# systems the packages are only printed.
#   usage: deps.sh [run|check|test|bench|debug|test-fresh|test-soak|all]
set -u
goal=${1:-all}
missing=

# need PACKAGE FILE-OR-COMMAND...: one of these must exist
need() {
    package=$1
    shift
    for thing; do
        case $thing in
        /*) for file in $thing; do [ ! -e "$file" ] || return 0; done ;;
        *) ! command -v "$thing" > /dev/null || return 0 ;;
        esac
    done
    missing="$missing $package"
}

need gcc gcc
need binutils ld
need make make
need nasm nasm
need python3 python3
need xorriso xorriso
need mtools mformat
need musl-tools musl-gcc
need linux-libc-dev '/usr/include/*/asm/unistd_64.h' /usr/include/asm/unistd_64.h
need grub-common grub-mkrescue grub2-mkrescue
need grub-pc-bin '/usr/lib/grub/i386-pc/kernel.img'
need grub-efi-amd64-bin '/usr/lib/grub/x86_64-efi/kernel.img'
need console-setup-linux "${FONT:-/usr/share/consolefonts/Uni2-Terminus16.psf.gz}"
case $goal in run | check | test | test-soak | bench* | debug | all)
    need qemu-system-x86 qemu-system-x86_64 ;;
esac
case $goal in run | debug | all)
    [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] ||
        need qemu-system-gui '/usr/lib/*/qemu/ui-gtk.so' '/usr/lib*/qemu/ui-gtk.so' ;;
esac
case $goal in check | test | test-soak | all)
    need libc6-dev /usr/include/stdio.h
    need libcmocka-dev /usr/include/cmocka.h
    need clang clang
    need libclang-rt-dev '/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-x86_64.a' \
        '/usr/lib*/clang/*/lib/*/libclang_rt.fuzzer*.a' ;;
esac
case $goal in test | all)
    need ovmf '/usr/share/OVMF/OVMF_CODE*.fd' '/usr/share/edk2/*/OVMF_CODE*.fd'
    need bochs bochs
    need spin spin
    need bochsbios /usr/share/bochs/BIOS-bochs-latest
    need vgabios /usr/share/bochs/VGABIOS-lgpl-latest ;;
esac
case $goal in debug | test | all) need gdb gdb ;; esac
case $goal in test-fresh) need mmdebstrap mmdebstrap ;; esac
[ -n "$missing" ] || exit 0

echo "Missing for make $goal (Debian's names):$missing"
if ! command -v apt-get > /dev/null; then
    cat <<'END'
This system has no apt, so nothing is installed for you. The packages below are printed only; nobody
has tried them here.
  Fedora: dnf install make gcc nasm python3 xorriso mtools grub2-tools-extra grub2-pc-modules \
          grub2-efi-x64-modules qemu-system-x86 edk2-ovmf bochs clang compiler-rt libcmocka-devel \
          terminus-fonts-console gdb musl-gcc kernel-headers
  Arch:   pacman -S make gcc nasm python xorriso mtools grub qemu-system-x86 qemu-ui-gtk edk2-ovmf \
          bochs clang compiler-rt cmocka terminus-font gdb musl linux-api-headers
  macOS:  brew install make x86_64-elf-gcc x86_64-elf-binutils nasm python xorriso mtools \
          x86_64-elf-grub qemu cmocka   (then gmake CC=x86_64-elf-gcc LD=x86_64-elf-ld)
A font elsewhere is named by FONT=path/to/a/16/pixel/font.psf.gz.
END
    exit 1
fi

if [ "$(id -u)" = 0 ]; then
    root=
elif command -v sudo > /dev/null && { [ -t 0 ] || sudo -n true 2> /dev/null; }; then
    root=sudo
else
    echo "They can't be installed from here: this is not root, and sudo is not there or asks for a"
    echo "password. As root, run:"
    echo "  apt-get update && apt-get install -y --no-install-recommends$missing"
    exit 1
fi
$root apt-get update || exit 1
known=
for package in $missing; do     # some releases have one package's files inside another's
    if apt-cache show "$package" > /dev/null 2>&1; then known="$known $package"; fi
done
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $known

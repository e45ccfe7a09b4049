#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a bootable hybrid image (BIOS and UEFI, CD and USB stick) out of a folder. Equal folders
# and equal commits give equal images, whatever the time, the zone and the path: dates, the
# volume's UUID and the serial number of the UEFI partition's file system are all fixed.
#   usage: image.sh VERSION.H FOLDER IMAGE [ENTRY]
# ENTRY is the entry of the boot menu that is taken at once; without it the menu waits a second.
set -eu
folder=$2 image=$3 entry=${4:-}
SOURCE_DATE_EPOCH=$(sed -n 's/^#define SENARY_EPOCH *//p' "$1")
export TZ=UTC LC_ALL=C SOURCE_DATE_EPOCH

# grub-mkrescue calls mformat, which draws a random serial number; ours goes first in PATH.
tools=$(mktemp -d "${TMPDIR:-/tmp}/senary-image.XXXXXX")
trap 'rm -rf "$tools"' EXIT
printf '#!/bin/sh\nexec "%s" -N 53454e41 "$@"\n' "$(command -v mformat)" > "$tools/mformat"
chmod +x "$tools/mformat"

sed ${entry:+-e "s/^set default=.*/set default=$entry/" -e "s/^set timeout=.*/set timeout=0/"} \
    -e '' "$folder/boot/grub/grub.cfg" > "$tools/grub.cfg"

date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S)
if ! PATH=$tools:$PATH grub-mkrescue -o "$image.new" \
    --install-modules="multiboot2 normal part_msdos part_gpt iso9660 fat search serial terminal \
        all_video gfxterm test echo configfile" \
    --fonts="ascii" --locales="" --themes="" \
    "$folder" "/boot/grub/grub.cfg=$tools/grub.cfg" \
    -- -volid SENARY -volume_date uuid "${date}00" -volume_date all_file_dates "${date}00" \
    > "$tools/log" 2>&1; then
    cat "$tools/log" >&2
    exit 1
fi
mv "$image.new" "$image"

#!/bin/sh
# SPDX-License-Identifier: MIT
# Fetches and unpacks the sources of a recipe into build/third_party/NAME, unless they are there.
#   usage: fetch.sh NAME
# Without them the build goes on: a failure is told, and isn't one.
set -u
name=$1
here=$(dirname "$0")
target=build/third_party/$name
[ ! -d "$target" ] || exit 0
# shellcheck source=/dev/null
. "$here/$name/recipe"

mkdir -p build/third_party
archive=$(mktemp -d build/third_party/fetch.XXXXXX) || exit 0
trap 'rm -rf "$archive"' EXIT
helper=/usr/lib/apt/apt-helper # knows the system's proxies
if [ -x $helper ]; then
    $helper download-file "$url" "$archive/file" > /dev/null 2>&1
elif command -v curl > /dev/null; then
    curl -fsSL -o "$archive/file" "$url"
elif command -v wget > /dev/null; then
    wget -qO "$archive/file" "$url"
fi
if ! echo "$sha256  $archive/file" | sha256sum -c --quiet > /dev/null 2>&1; then
    echo "third_party/$name: can't get $url as it was; tests that need it are skipped"
    exit 0
fi
mkdir "$archive/sources" && tar -xf "$archive/file" -C "$archive/sources" --strip-components=1 &&
    mv "$archive/sources" "$target"

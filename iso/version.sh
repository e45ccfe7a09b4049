#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints build/gen/version.h: which build this is, from the commit alone, so that two builds of
# one commit are equal. A tree without .git, or whose git can't be asked, is "unknown".
#   usage: version.sh VERSION
set -eu
cd "$(dirname "$0")/.."

ask() { git -c safe.directory='*' --no-optional-locks "$@" 2>/dev/null; }

commit=unknown epoch=${SOURCE_DATE_EPOCH:-946684800}
if [ -e .git ] && head=$(ask rev-parse --short=12 HEAD); then
    commit=$head
    [ -z "$(ask status --porcelain)" ] || commit=$commit+
    epoch=${SOURCE_DATE_EPOCH:-$(ask log -1 --format=%ct)}
fi

cat <<END
/* Generated. */
#pragma once
#define SENARY_VERSION "$1"
#define SENARY_COMMIT  "$commit"
#define SENARY_EPOCH   $epoch
END

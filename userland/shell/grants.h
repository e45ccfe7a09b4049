/* SPDX-License-Identifier: MIT */
/* The programs of bin that the shell knows, and what each is given (userland/bin/commands/commands.def). */
#pragma once
#include <stddef.h>

enum grant {
    grant_none,
    grant_reads,
    grant_writes,
    grant_info,
    grant_log,
};

struct known_command {
    const char *name;
    enum grant grant;
    const char *usage;
    const char *summary;
};

/* NULL: that isn't one. */
const struct known_command *known_command(const char *name);

/* The nth, from 0; NULL: there are no more. */
const struct known_command *known_command_at(size_t n);

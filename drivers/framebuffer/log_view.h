/* SPDX-License-Identifier: MIT */
/* The kernel's log on the terminal: each entry in the colour of its severity, looking as lib/log_line.h says. */
#pragma once
#include "drivers/framebuffer/terminal.h"
#include <j6/log.h>

struct log_view {
    /* Immutable */
    struct terminal *terminal;
    uint32_t verbosity; /* what is less severe isn't shown */
    /* Changed by log_view_show */
    uint64_t seen; /* id of the last entry */
};

/* Shows the entry, unless it is too unimportant; its text is changed. Tells of entries that were missed. */
void log_view_show(struct log_view *view, const struct j6_log_entry *entry, char *text);

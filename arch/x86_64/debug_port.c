/* SPDX-License-Identifier: MIT */
/* The debug port of emulators: it takes every byte at once. */
#include "arch/x86_64/debug_port.h"

#include "arch/x86_64/x86.h"

enum { DEBUG_PORT = 0xe9, DEBUG_PORTS = 1 };

static void debug_port_write(void *context, enum j6_log_severity severity, const char *text,
                             size_t len)
{
    (void)context;
    (void)severity;
    for (size_t i = 0; i < len; i++) {
        x86_out8(DEBUG_PORT, (uint8_t)text[i]);
    }
}

static void debug_port_reset(void *context)
{
    (void)context; /* it has no state */
}

bool debug_port_answers(void)
{
    return x86_in8(DEBUG_PORT) == DEBUG_PORT;
}

bool debug_port_init(struct console *console)
{
    if (!debug_port_answers()) {
        return false;
    }
    *console = (struct console){.write = debug_port_write,
                                .reset = debug_port_reset,
                                .first_port = DEBUG_PORT,
                                .port_count = DEBUG_PORTS};
    return true;
}

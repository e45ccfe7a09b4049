/* SPDX-License-Identifier: MIT */
/*
 * Channels whose text is shown. Each is somebody's `stdout`: it comes at any time, has its own place in a
 * character that comes in pieces, and goes when it closes, however its other end has ended.
 *
 * A client is who asks by handles of one badge, and has some of them only; without a badge, all.
 */
#pragma once
#include "drivers/framebuffer/terminal.h"
#include <j6/driver.h>

enum { OUTPUTS_MAX = 128, OUTPUTS_OF_CLIENT = 32 };

/* Free where watch.object is 0. */
struct output {
    struct driver_watch watch;
    struct terminal *terminal;
    uint64_t client; /* its badge */
    struct utf8 utf8;
};

/* All zero at the start. */
struct outputs {
    struct output slots[OUTPUTS_MAX];
};

/*
 * Shows what comes through the client's channel, whose handle is taken over on ok. What text_attach says, or
 * driver_watch.
 */
J6_MUST_USE j6_status_t outputs_attach(struct outputs *outputs, struct driver *driver,
                                       struct terminal *terminal, uint64_t client,
                                       j6_handle_t channel);

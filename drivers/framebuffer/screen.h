/* SPDX-License-Identifier: MIT */
/* The screen as a whole: the framebuffer that was claimed, and all that stands between it and text. */
#pragma once
#include "drivers/framebuffer/terminal.h"
#include <j6/driver.h>

struct screen {
    struct glyphs glyphs;
    struct picture picture;
    struct grid grid;
    struct terminal terminal;
};

/*
 * Claims the framebuffer; nothing is drawn before the first flush. invalid_arg (no picture to draw text in),
 * else what driver_claim_memory and vma_create_map say.
 */
J6_MUST_USE j6_status_t screen_open(struct screen *screen, struct driver *driver,
                                    const struct j6_framebuffer *framebuffer);

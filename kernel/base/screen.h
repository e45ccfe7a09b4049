/* SPDX-License-Identifier: MIT */
/*
 * The early screen: white text on black, drawn by the kernel until a process maps the framebuffer,
 * and in a panic. It never reads the framebuffer and never scrolls: a full page goes on at the top,
 * over lines cleared just ahead. Pure: it writes to the memory it is given and nowhere else.
 */
#pragma once
#include <j6/status.h>
#include <stdbool.h>
#include <stdint.h>

#include "arch/boot_info.h"
#include "kernel/base/console.h"
#include "lib/font.h"

struct screen {
    struct console console; /* for console_add */

    /* Changed by boot alone. NULL while it isn't mapped: what is written then isn't shown */
    uint8_t *memory;
    /* Immutable after screen_init */
    struct boot_framebuffer framebuffer;
    struct font font;
    uint32_t columns;
    uint32_t rows;
    size_t row_size; /* bytes of framebuffer under a row of characters */

    /* Guarded by the right to write to consoles */
    uint32_t column;
    uint32_t row;
    bool wrapped;           /* below the cursor stands the last page */
    bool one_page;          /* what doesn't fit is left out */
    uint32_t colour_row;    /* of log_colours, that the colours below are of */
    uint8_t attribute;      /* EGA text */
    uint32_t colour;        /* a pixel */
    uint64_t pixels[16][2]; /* 32 bits per pixel: four pixels for each four bits of a glyph */
};

/*
 * Takes a framebuffer of kind RGB or text, mapped at `memory` as a whole (pitch × height bytes), and
 * clears it. The text kind needs no font. invalid_arg when there's no room for one character.
 */
J6_MUST_USE j6_status_t screen_init(struct screen *screen, void *memory,
                                    const struct boot_framebuffer *framebuffer,
                                    const struct font *font);

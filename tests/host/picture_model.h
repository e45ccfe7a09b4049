/* SPDX-License-Identifier: MIT */
/* What a grid of cells must look like, pixel by pixel and without any cleverness. */
#pragma once
#include "drivers/framebuffer/grid.h"

enum { MODEL_FONT_HEIGHT = 10, MODEL_FILL = 0xa5 };

/* Kinds of pixels; the last one has width 0. */
extern const struct j6_framebuffer model_formats[];

/* A font whose glyphs all differ; `names` begins its Unicode table. Stays valid. */
struct font model_font(const uint8_t *names, size_t names_len, bool names_are_utf8);

/* A framebuffer of that kind and size, with some bytes behind each line. */
struct j6_framebuffer model_framebuffer(const struct j6_framebuffer *format, uint32_t width,
                                        uint32_t height);

/* Its memory, pitch × height bytes of MODEL_FILL and not one more; free() it. */
uint8_t *model_memory(const struct j6_framebuffer *framebuffer);

/* The first byte of the framebuffer that isn't as it must be if the grid has been drawn; -1: none. */
long model_difference(const struct grid *grid);

/* SPDX-License-Identifier: MIT */
/*
 * The screen as cells, twice: what is to be seen, and what has been drawn. This is the back buffer: a
 * cell takes 8 bytes in it, where its pixels would take 512. Writing changes it alone; a flush compares
 * the two in the rows that have changed, and draws the cells that differ. So the framebuffer is never
 * read, and text that scrolls by between two flushes costs no drawing.
 */
#pragma once
#include "drivers/framebuffer/picture.h"

struct grid {
    /* Immutable after grid_init */
    const struct picture *picture;
    uint32_t columns;
    uint32_t rows;
    /* Changed by writing */
    uint32_t *wanted;     /* a ring of rows … */
    uint32_t top;         /* … of which this one is the first on the screen */
    uint32_t dirty_first; /* rows of the screen that may differ from what has been drawn … */
    uint32_t dirty_end;   /* … up to this one */
    /* Changed by grid_flush alone */
    uint32_t *drawn;
};

/* The memory that a grid for the picture needs, in bytes. */
size_t grid_size(const struct picture *picture);

/* An empty screen, in memory of that size. The first flush draws every cell. */
void grid_init(struct grid *grid, const struct picture *picture, void *memory);

void grid_put(struct grid *grid, uint32_t row, uint32_t column, uint32_t cell);

/* All rows move up by one; the last one is blank. */
void grid_scroll(struct grid *grid);

static inline bool grid_is_dirty(const struct grid *grid)
{
    return grid->dirty_first < grid->dirty_end;
}

/* Draws what has changed. */
void grid_flush(struct grid *grid);

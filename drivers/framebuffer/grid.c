/* SPDX-License-Identifier: MIT */
/* Cells that change, and are drawn. */
#include "drivers/framebuffer/grid.h"

static const uint32_t UNKNOWN = UINT32_MAX; /* what was on the screen before us */

size_t grid_size(const struct picture *picture)
{
    return 2 * sizeof(uint32_t) * picture->columns * picture->rows;
}

static uint32_t *wanted_row(const struct grid *grid, uint32_t row)
{
    uint32_t index = grid->top + row;
    return grid->wanted + (size_t)(index < grid->rows ? index : index - grid->rows) * grid->columns;
}

static void fill(uint32_t *cells, size_t count, uint32_t cell)
{
    for (size_t i = 0; i < count; i++) {
        cells[i] = cell;
    }
}

void grid_init(struct grid *grid, const struct picture *picture, void *memory)
{
    size_t count = (size_t)picture->columns * picture->rows;
    *grid = (struct grid){
        .picture = picture,
        .columns = picture->columns,
        .rows = picture->rows,
        .wanted = memory,
        .drawn = (uint32_t *)memory + count,
        .dirty_end = picture->rows,
    };
    fill(grid->wanted, count, CELL_BLANK);
    fill(grid->drawn, count, UNKNOWN);
}

void grid_put(struct grid *grid, uint32_t row, uint32_t column, uint32_t cell)
{
    wanted_row(grid, row)[column] = cell;
    if (!grid_is_dirty(grid)) {
        grid->dirty_first = row;
        grid->dirty_end = row + 1;
    } else if (row < grid->dirty_first) {
        grid->dirty_first = row;
    } else if (row >= grid->dirty_end) {
        grid->dirty_end = row + 1;
    }
}

void grid_scroll(struct grid *grid)
{
    fill(wanted_row(grid, 0), grid->columns, CELL_BLANK);
    grid->top = grid->top + 1 < grid->rows ? grid->top + 1 : 0;
    grid->dirty_first = 0;
    grid->dirty_end = grid->rows;
}

/* Draws the runs of cells that differ. */
static void flush_row(struct grid *grid, uint32_t row)
{
    const uint32_t *wanted = wanted_row(grid, row);
    uint32_t *drawn = grid->drawn + (size_t)row * grid->columns;
    uint32_t column = 0;
    while (column < grid->columns) {
        uint32_t end = column;
        for (; end < grid->columns && wanted[end] != drawn[end]; end++) {
            drawn[end] = wanted[end];
        }
        if (end != column) {
            picture_draw(grid->picture, row, column, wanted + column, end - column);
        }
        column = end + 1;
    }
}

void grid_flush(struct grid *grid)
{
    for (uint32_t row = grid->dirty_first; row < grid->dirty_end; row++) {
        flush_row(grid, row);
    }
    grid->dirty_first = 0;
    grid->dirty_end = 0;
}

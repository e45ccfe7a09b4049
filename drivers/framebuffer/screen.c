/* SPDX-License-Identifier: MIT */
/* Memory for the screen. */
#include "drivers/framebuffer/screen.h"
#include "lib/page.h"

extern const char font_start[], font_end[]; /* font.asm */

/* The framebuffer may begin anywhere in a page. */
static j6_status_t claim(struct driver *driver, const struct j6_framebuffer *framebuffer,
                         uint8_t **out_memory)
{
    struct driver_memory memory;
    uint64_t first = page_down(framebuffer->address);
    uint64_t end = framebuffer->address + (uint64_t)framebuffer->pitch * framebuffer->height;
    j6_status_t status = driver_claim_memory(driver, first, page_up(end) - first,
                                             j6_vma_flag_write_combine, &memory);
    if (status == j6_status_ok) {
        *out_memory = (uint8_t *)memory.address + (framebuffer->address - first);
    }
    return status;
}

static j6_status_t allocate(size_t size, void **out_memory)
{
    uint64_t address = 0;
    j6_handle_t area;
    j6_status_t status =
        j6_vma_create_map(page_up(size), 0, j6_map_read | j6_map_write, &address, &area);
    if (status == j6_status_ok) {
        *out_memory = (void *)address;
    }
    return status;
}

j6_status_t screen_open(struct screen *screen, struct driver *driver,
                        const struct j6_framebuffer *framebuffer)
{
    struct font font;
    uint8_t *pixels;
    void *cells;
    j6_status_t status = font_read(font_start, (size_t)(font_end - font_start), &font);
    if (status != j6_status_ok) {
        return status;
    }
    glyphs_init(&screen->glyphs, &font);
    status = claim(driver, framebuffer, &pixels);
    if (status != j6_status_ok) {
        return status;
    }
    status = picture_init(&screen->picture, pixels, framebuffer, &screen->glyphs);
    if (status != j6_status_ok) {
        return status;
    }
    status = allocate(grid_size(&screen->picture), &cells);
    if (status != j6_status_ok) {
        return status;
    }
    picture_clear_margins(&screen->picture);
    grid_init(&screen->grid, &screen->picture, cells);
    terminal_init(&screen->terminal, &screen->grid);
    return j6_status_ok;
}

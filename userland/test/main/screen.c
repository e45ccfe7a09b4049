/* SPDX-License-Identifier: MIT */
#include "userland/test/main/screen.h"
#include "lib/page.h"
#include "userland/test/main/devices.h"
#include "userland/test/main/look.h"
#include <j6/archive.h>
#include <proto/text.h>

enum { CELL_WIDTH = 8, CELL_HEIGHT = 16 };

static struct {
    struct j6_framebuffer framebuffer;
    uint64_t phys; /* whole pages around it */
    uint64_t size;
    j6_handle_t area;
    char *pages;
    uint8_t *picture;
} screen;

/* ---- the picture ---------------------------------------------------------------------------- */

bool screen_open(void)
{
    const struct j6_framebuffer *framebuffer = &j6_boot_info()->framebuffer;
    if (framebuffer->width == 0) {
        test_skip("no framebuffer");
        return false;
    }
    uint64_t end = framebuffer->address + (uint64_t)framebuffer->pitch * framebuffer->height;
    screen.framebuffer = *framebuffer;
    screen.phys = page_down(framebuffer->address);
    screen.size = page_up(end) - screen.phys;
    screen.area =
        phys_area(system_handle(), screen.phys, screen.size / PAGE, j6_vma_flag_write_combine);
    screen.pages = area_map(screen.area, READ_WRITE);
    screen.picture = (uint8_t *)screen.pages + (framebuffer->address - screen.phys);
    return screen.pages != NULL;
}

void screen_close(void)
{
    area_unmap(screen.area, screen.pages);
    expect_ok(j6_handle_close(screen.area));
}

void screen_fill(uint64_t value)
{
    for (uint64_t i = 0; i < screen.size / sizeof(value); i++) {
        ((volatile uint64_t *)screen.pages)[i] = value;
    }
}

bool screen_is(uint64_t value)
{
    for (uint64_t i = 0; i < screen.size / sizeof(value); i++) {
        if (((volatile uint64_t *)screen.pages)[i] != value) {
            return false;
        }
    }
    return true;
}

uint64_t screen_cell(uint32_t row, uint32_t column)
{
    const uint32_t width = CELL_WIDTH * ((screen.framebuffer.bits_per_pixel + 7) / 8);
    uint64_t sum = 0;
    for (uint32_t y = 0; y < CELL_HEIGHT; y++) {
        const volatile uint8_t *line =
            screen.picture + (uint64_t)(row * CELL_HEIGHT + y) * screen.framebuffer.pitch +
            column * width;
        for (uint32_t x = 0; x < width; x++) {
            sum = sum * 31 + line[x];
        }
    }
    return sum;
}

uint32_t screen_columns(void)
{
    return screen.framebuffer.width / CELL_WIDTH;
}

uint32_t screen_rows(void)
{
    return screen.framebuffer.height / CELL_HEIGHT;
}

uint32_t screen_cells_drawn(uint32_t row)
{
    uint32_t count = 0;
    for (uint32_t column = 0; column < screen_columns(); column++) {
        count += screen_cell(row, column) != 0;
    }
    return count;
}

bool screen_is_blank_from(uint32_t first)
{
    for (uint32_t row = first; row < screen_rows(); row++) {
        if (screen_cells_drawn(row) != 0) {
            return false;
        }
    }
    return true;
}

static bool is_all_of_one_character(uint32_t row)
{
    const uint64_t first = screen_cell(row, 0);
    for (uint32_t column = 1; column < screen_columns(); column++) {
        if (screen_cell(row, column) != first) {
            return false;
        }
    }
    return first != 0;
}

uint64_t screen_last_line(void)
{
    for (uint32_t row = screen_rows(); row > 0; row--) {
        if (is_all_of_one_character(row - 1)) {
            return screen_cell(row - 1, 0);
        }
    }
    return 0;
}

/* ---- a driver ------------------------------------------------------------------------------- */

j6_handle_t screen_driver_process(j6_handle_t system, j6_handle_t text)
{
    static const char *const argv[] = {"framebuffer", NULL};
    j6_handle_t description = area_new(1, 0);
    uint64_t len = sizeof(screen.framebuffer);
    expect_ok(j6_vma_write(description, 0, &screen.framebuffer, &len));
    const struct j6_spawn_row rows[] = {
        {"system", system, j6_right_wait},
        {"framebuffer", description, j6_right_vma_read},
        {"endpoint", text, j6_right_endpoint_receive},
    };
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_boot_spawn("framebuffer", "framebuffer", argv, rows, 3, &process));
    expect_ok(j6_handle_close(description));
    return process;
}

static j6_handle_t start(j6_handle_t text, bool log)
{
    const struct j6_range ranges[] = {
        {.kind = j6_range_phys, .first = screen.phys, .count = screen.size},
        {.kind = j6_range_log, .count = 1},
    };
    j6_handle_t system = j6_handle_none;
    expect_ok(j6_system_restrict(system_handle(), ranges, log ? 2 : 1, &system));
    j6_handle_t process = screen_driver_process(system, text);
    expect_ok(j6_handle_close(system));
    return process;
}

bool screen_driver_start(struct screen_driver *driver, bool log)
{
    if (!screen_open()) {
        return false;
    }
    expect_ok(j6_endpoint_create(text_write_max, 1, 0, &driver->text));
    driver->process = start(driver->text, log);
    return true;
}

void screen_driver_restart(struct screen_driver *driver, bool log)
{
    if (driver->process != j6_handle_none) {
        process_drop(driver->process);
    }
    driver->process = start(driver->text, log);
}

void screen_driver_rests(const struct screen_driver *driver)
{
    threads_block(driver->process, 1, j6_wait_receive);
}

void screen_driver_end(struct screen_driver *driver)
{
    process_drop(driver->process);
    expect_ok(j6_handle_close(driver->text));
    screen_close();
}

void screen_channel_new(j6_handle_t *out_sender, j6_handle_t *out_receiver)
{
    j6_handle_t channel = j6_handle_none;
    expect_ok(j6_channel_create(0, &channel));
    *out_sender = without(channel, j6_right_channel_receive);
    *out_receiver = narrowed(channel, text_channel_rights | j6_right_transfer);
    expect_ok(j6_handle_close(channel));
}

j6_handle_t screen_channel(const struct screen_driver *driver)
{
    j6_handle_t sender;
    j6_handle_t receiver;
    screen_channel_new(&sender, &receiver);
    expect_ok(text_attach(driver->text, receiver));
    return sender;
}

void screen_print(j6_handle_t channel, const char *text)
{
    expect_ok(j6_channel_printf(channel, "%s", text));
}

/* SPDX-License-Identifier: MIT */
/*
 * The framebuffer's driver, as a process beside this one, which runs when nobody else wants to: all that it has
 * sent is on the screen then.
 *
 *   mem_at_screen  the memory that isn't free, but for the boot modules, when the driver has drawn the log
 *   chars_drawn    a character of a long text in lines of 80, from channel_send to its pixels, scrolling included
 *   line_drawn     a line of 80 characters by itself: nearly every character on the screen changes
 */
#include "lib/page.h"
#include "userland/bench/bench.h"
#include <j6/archive.h>
#include <proto/text.h>

enum { LINE = 80, TEXT_LINES = 800, LINES = 200, IDLE = 7 };

static char text[TEXT_LINES * LINE];

/* Each character differs from the one above it. */
static void make_text(void)
{
    for (size_t i = 0; i < sizeof(text); i++) {
        size_t line = i / LINE;
        text[i] = i % LINE == LINE - 1 ? '\n' : (char)('!' + (i % LINE * 7 + line) % 94);
    }
}

static j6_handle_t system_for(const struct j6_framebuffer *framebuffer)
{
    uint64_t first = page_down(framebuffer->address);
    uint64_t end = framebuffer->address + (uint64_t)framebuffer->pitch * framebuffer->height;
    const struct j6_range ranges[] = {
        {.kind = j6_range_phys, .first = first, .count = page_up(end) - first},
        {.kind = j6_range_log, .count = 1},
    };
    j6_handle_t system;
    bench_require(j6_system_restrict(j6_find("system"), ranges, 2, &system), "restrict");
    return system;
}

static j6_handle_t describe(const struct j6_framebuffer *framebuffer)
{
    j6_handle_t area;
    uint64_t len = sizeof(*framebuffer);
    bench_require(j6_vma_create(PAGE_SIZE, 0, &area), "area");
    bench_require(j6_vma_write(area, 0, framebuffer, &len), "write");
    return area;
}

/* Returns its service. */
static j6_handle_t start_driver(const struct j6_framebuffer *framebuffer)
{
    static const char *const argv[] = {"framebuffer", NULL};
    j6_handle_t endpoint;
    j6_handle_t process;
    bench_require(j6_endpoint_create(text_write_max, 1, 0, &endpoint), "endpoint");
    const struct j6_spawn_row rows[] = {
        {"system", system_for(framebuffer), j6_right_wait},
        {"framebuffer", describe(framebuffer), j6_right_vma_read},
        {"endpoint", endpoint, j6_right_endpoint_receive},
    };
    bench_require(j6_boot_spawn("framebuffer", "framebuffer", argv, rows, 3, &process), "driver");
    bench_require(j6_handle_close(rows[0].handle), "close");
    bench_require(j6_handle_close(rows[1].handle), "close");
    return endpoint;
}

/* What is sent to the channel is shown. */
static j6_handle_t open_channel(j6_handle_t service)
{
    j6_handle_t channel;
    j6_handle_t receiver;
    bench_require(j6_channel_create(0, &channel), "channel");
    bench_require(
        j6_handle_duplicate(channel, text_channel_rights | j6_right_transfer, 0, &receiver),
        "duplicate");
    bench_require(text_attach(service, receiver), "attach");
    return channel;
}

static uint64_t send_text(j6_handle_t channel, size_t lines, size_t lines_at_once)
{
    uint64_t start = ticks();
    for (size_t i = 0; i < lines; i += lines_at_once) {
        bench_require(j6_channel_write(channel, text + i * LINE, lines_at_once * LINE), "write");
    }
    return ticks() - start;
}

void bench_screen(void)
{
    const struct j6_boot_info *boot = j6_boot_info();
    const uint64_t priority = IDLE;
    if (boot == NULL || boot->framebuffer.width == 0) {
        bench_require(j6_err_not_found, "framebuffer");
    }
    make_text();
    bench_require(
        j6_thread_control(j6_handle_self_thread, j6_control_priority, &priority, sizeof(priority)),
        "priority");
    j6_handle_t channel = open_channel(start_driver(&boot->framebuffer));
    bench_report("mem_at_screen", bench_memory_in_use(), "bytes");
    send_text(channel, TEXT_LINES, TEXT_LINES); /* warm */
    bench_report("chars_drawn", send_text(channel, TEXT_LINES, TEXT_LINES) / sizeof(text), "insn");
    bench_report("line_drawn", send_text(channel, LINES, 1) / LINES, "insn");
}

/* SPDX-License-Identifier: MIT */
/* Finds memory and font for kernel/base/screen. */
#include "kernel/boot/boot_screen.h"
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "kernel/base/console.h"
#include "kernel/base/log.h"
#include "kernel/base/screen.h"

#define BOOT_REACH (4ull << 30)

extern const char font_start[], font_end[]; /* arch/x86_64/font.asm */

static struct screen screen;
static bool started;

static uint64_t size_of(const struct boot_framebuffer *framebuffer)
{
    return (uint64_t)framebuffer->pitch * framebuffer->height;
}

static bool wanted(const struct boot_info *boot)
{
    return boot->framebuffer.kind != BOOT_FRAMEBUFFER_NONE && boot_option(boot, "nofb") == NULL;
}

static void start(const struct boot_info *boot, void *memory)
{
    struct font font = {0};
    if (boot->framebuffer.kind == BOOT_FRAMEBUFFER_RGB &&
        font_read(font_start, (size_t)(font_end - font_start), &font) != j6_status_ok) {
        log_warning("screen  the font is damaged");
        return;
    }
    started = screen_init(&screen, memory, &boot->framebuffer, &font) == j6_status_ok;
    if (started) {
        console_add(&screen.console);
    }
}

void boot_screen_start(const struct boot_info *boot)
{
    const struct boot_framebuffer *framebuffer = &boot->framebuffer;
    if (wanted(boot) && framebuffer->address < BOOT_REACH &&
        size_of(framebuffer) <= BOOT_REACH - framebuffer->address) {
        start(boot, phys_to_virt(framebuffer->address));
    }
}

void boot_screen_pause(void)
{
    screen.memory = NULL;
}

void boot_screen_remap(const struct boot_info *boot)
{
    if (!wanted(boot)) {
        log_info("screen  none");
        return;
    }
    const struct boot_framebuffer *framebuffer = &boot->framebuffer;
    void *memory = device_map_as(framebuffer->address, size_of(framebuffer), PAGE_WRITE_COMBINE);
    if (memory == NULL) {
        log_warning("screen  no memory to map it");
        return;
    }
    if (started) {
        screen.memory = memory;
    } else {
        start(boot, memory);
    }
    log_info("screen  %u x %u, %u bits", framebuffer->width, framebuffer->height,
             framebuffer->bits_per_pixel);
}

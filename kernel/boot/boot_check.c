/* SPDX-License-Identifier: MIT */
/* Checks between the parts of the boot information; each part by itself was checked by its reader. */
#include "kernel/boot/boot_check.h"
#include "kernel/base/log.h"
#include <stddef.h>

static bool overlap(paddr_t start, paddr_t end, paddr_t other_start, paddr_t other_end)
{
    return start < other_end && end > other_start;
}

static void check_ranges(struct boot_info *boot, paddr_t limit)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < boot->range_count; i++) {
        struct boot_range range = boot->ranges[i];
        if (range.end > limit && range.type != BOOT_RANGE_RESERVED) {
            log_warning("memory  %#lx-%#lx is out of reach", range.start, range.end - 1);
        }
        range.end = range.end < limit ? range.end : limit;
        if (range.start < range.end) {
            boot->ranges[count++] = range;
        }
    }
    boot->range_count = count;
}

static bool in_available_memory(const struct boot_info *boot, const struct boot_module *module)
{
    for (uint32_t i = 0; i < boot->range_count; i++) {
        const struct boot_range *range = &boot->ranges[i];
        if (range->type == BOOT_RANGE_AVAILABLE && module->start >= range->start &&
            page_up(module->end) <= range->end) {
            return true;
        }
    }
    return false;
}

/* NULL if the module can be used; modules before it in the list were. */
static const char *module_fault(const struct boot_info *boot, const struct boot_module *module,
                                uint32_t before, paddr_t kernel_start, paddr_t kernel_end)
{
    paddr_t end = page_up(module->end);
    if (module->start >= module->end) {
        return "is empty";
    }
    if (module->start != page_down(module->start)) {
        return "isn't on a page boundary";
    }
    if (!in_available_memory(boot, module)) {
        return "doesn't lie in memory";
    }
    if (overlap(module->start, end, kernel_start, kernel_end)) {
        return "overlaps the kernel";
    }
    for (uint32_t i = 0; i < before; i++) {
        if (overlap(module->start, end, boot->modules[i].start, page_up(boot->modules[i].end))) {
            return "overlaps another module";
        }
    }
    return NULL;
}

static void check_modules(struct boot_info *boot, paddr_t kernel_start, paddr_t kernel_end)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < boot->module_count; i++) {
        const struct boot_module *module = &boot->modules[i];
        const char *fault = module_fault(boot, module, count, kernel_start, kernel_end);
        if (fault != NULL) {
            log_warning("module  %s %s: left out", module->name, fault);
        } else if (count++ != i) {
            boot->modules[count - 1] = *module;
        }
    }
    boot->module_count = count;
}

/* Reserved ranges may hold a framebuffer; memory that is read and written as such may not. */
static void check_framebuffer(struct boot_info *boot, paddr_t limit)
{
    struct boot_framebuffer *screen = &boot->framebuffer;
    uint64_t size = (uint64_t)screen->pitch * screen->height;
    paddr_t end = screen->address + size;
    bool usable = size <= BOOT_FRAMEBUFFER_LIMIT && end <= limit;
    for (uint32_t i = 0; i < boot->range_count; i++) {
        const struct boot_range *range = &boot->ranges[i];
        bool memory = range->type != BOOT_RANGE_RESERVED && range->type != BOOT_RANGE_BAD;
        usable &= !memory || !overlap(screen->address, end, range->start, range->end);
    }
    if (screen->kind != BOOT_FRAMEBUFFER_NONE && !usable) {
        log_warning("screen  the framebuffer at %#lx (%lu KiB) can't be one: left out",
                    screen->address, size >> 10);
        screen->kind = BOOT_FRAMEBUFFER_NONE;
    }
}

void boot_info_check(struct boot_info *boot, paddr_t limit, paddr_t kernel_start,
                     paddr_t kernel_end)
{
    check_ranges(boot, limit);
    check_modules(boot, kernel_start, kernel_end);
    check_framebuffer(boot, limit);
}

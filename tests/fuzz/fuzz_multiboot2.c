/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/multiboot2.c arch/x86_64/multiboot2_map.c */
/* Any bytes as Multiboot2 information: no access out of bounds, and the rules of boot_info hold. */
#include "arch/x86_64/multiboot2.h"

#include <stdlib.h>
#include <string.h>

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_ranges(const struct boot_info *info)
{
    require(info->range_count <= BOOT_RANGES_MAX);
    for (uint32_t i = 0; i < info->range_count; i++) {
        const struct boot_range *range = &info->ranges[i];
        require(range->start < range->end && range->end <= BOOT_PADDR_LIMIT);
        require((range->start | range->end) % PAGE_SIZE == 0);
        require(range->type < BOOT_RANGE_TYPES);
        require(i == 0 || range[-1].end < range->start ||
                (range[-1].end == range->start && range[-1].type != range->type));
    }
}

static void check_strings(const struct boot_info *info)
{
    require(memchr(info->command_line, '\0', sizeof(info->command_line)) != NULL);
    require(memchr(info->loader, '\0', sizeof(info->loader)) != NULL);
    require(boot_option(info, "log") == NULL || strlen(boot_option(info, "log")) < 1024);
    require(info->module_count <= BOOT_MODULES_MAX);
    for (uint32_t i = 0; i < info->module_count; i++) {
        const struct boot_module *module = &info->modules[i];
        require(module->start <= module->end);
        require(memchr(module->command_line, '\0', sizeof(module->command_line)) != NULL);
        require(memchr(module->name, '\0', sizeof(module->name)) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct boot_info info;
    uint8_t *copy = malloc(size + 1);
    memcpy(copy, data, size);
    if (multiboot2_read(copy, size, &info) == j6_status_ok) {
        check_ranges(&info);
        check_strings(&info);
        require(info.rsdp_len <= sizeof(info.rsdp));
    }
    free(copy);
    return 0;
}

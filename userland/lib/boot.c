/* SPDX-License-Identifier: MIT */
/* What the boot loader brought, as init finds it: the boot description and the modules. */
#include "lib/string.h"
#include <j6/j6.h>

const struct j6_boot_info *j6_boot_info(void)
{
    static const struct j6_boot_info *mapped;
    const struct j6_boot_info *info = __atomic_load_n(&mapped, __ATOMIC_ACQUIRE);
    uint64_t address = 0;
    if (info == NULL && j6_vma_map(j6_find("boot"), j6_handle_self_process, &address, 0, 0,
                                   j6_map_read) == j6_status_ok) {
        info = (const struct j6_boot_info *)address;
        __atomic_store_n(&mapped, info, __ATOMIC_RELEASE);
    }
    return info;
}

j6_handle_t j6_find_module(const char *name)
{
    const struct j6_boot_info *info = j6_boot_info();
    for (size_t i = 0; info != NULL && i < info->module_count; i++) {
        if (strncmp(info->module_names[i], name, j6_boot_name_len) == 0) {
            return j6_find_nth("module", i);
        }
    }
    return j6_handle_none;
}

bool j6_boot_word(const char *word)
{
    const struct j6_boot_info *info = j6_boot_info();
    const char *line = info != NULL ? info->command_line : NULL;
    size_t len = strlen(word);
    for (; line != NULL; line = strchr(line, ' ')) {
        line += *line == ' ';
        if (strncmp(line, word, len) == 0 && (line[len] == ' ' || line[len] == '\0')) {
            return true;
        }
    }
    return false;
}

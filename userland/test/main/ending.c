/* SPDX-License-Identifier: MIT */
/*
 * Other ends than the verdict, each in a boot of its own: a word on the kernel's command line says
 * which.
 */
#include "userland/test/main/ending.h"
#include "lib/string.h"
#include "userland/test/main/util.h"

static const struct {
    const char *word;
    uint64_t action;
} powers[] = {
    {"end=off", j6_power_off},
    {"end=reset", j6_power_reset},
    {"end=halt", j6_power_halt},
};

static bool asked_for(const char *word)
{
    const char *line = j6_boot_info()->command_line;
    size_t len = strlen(word);
    for (; line != NULL; line = strchr(line, ' ')) {
        line += *line == ' ';
        if (strncmp(line, word, len) == 0 && (line[len] == ' ' || line[len] == '\0')) {
            return true;
        }
    }
    return false;
}

bool ending_take(int *out_code)
{
    for (size_t i = 0; i < sizeof(powers) / sizeof(powers[0]); i++) {
        if (asked_for(powers[i].word)) {
            *out_code = (int)j6_system_power(system_handle(), powers[i].action, 0);
            return true;
        }
    }
    if (asked_for("end=fault")) {
        __builtin_trap();
    }
    *out_code = 5;
    return asked_for("end=exit");
}

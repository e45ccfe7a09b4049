/* SPDX-License-Identifier: MIT */
/*
 * Other ends than the verdict, each in a boot of its own: a word on the kernel's command line says
 * which.
 */
#include "userland/test/main/ending.h"
#include "userland/test/main/util.h"

static const struct {
    const char *word;
    uint64_t action;
} powers[] = {
    {"end=off", j6_power_off},
    {"end=reset", j6_power_reset},
    {"end=halt", j6_power_halt},
};

bool ending_take(int *out_code)
{
    for (size_t i = 0; i < sizeof(powers) / sizeof(powers[0]); i++) {
        if (j6_boot_word(powers[i].word)) {
            *out_code = (int)j6_system_power(system_handle(), powers[i].action, 0);
            return true;
        }
    }
    if (j6_boot_word("end=fault")) {
        __builtin_trap();
    }
    *out_code = 5;
    return j6_boot_word("end=exit");
}

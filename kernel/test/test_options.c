/* SPDX-License-Identifier: MIT */
/* Reads numbers off the command line. */
#include "kernel/test/test_options.h"
#include "lib/string.h"
#include <stddef.h>

static const struct boot_info *options;

void test_options_set(const struct boot_info *boot)
{
    options = boot;
}

uint64_t test_option(const char *name, uint64_t otherwise)
{
    const char *text = boot_option(options, name);
    if (text == NULL) {
        return otherwise;
    }
    uint64_t number = 0;
    for (; *text >= '0' && *text <= '9'; text++) {
        number = number * 10 + (uint64_t)(*text - '0');
    }
    return number;
}

bool test_option_is(const char *name, const char *value)
{
    const char *text = boot_option(options, name);
    return text != NULL && string_equal(text, value);
}

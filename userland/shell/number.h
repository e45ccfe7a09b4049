/* SPDX-License-Identifier: MIT */
/* Numbers that people type; also for the commands (userland/bin/commands). */
#pragma once
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* A whole number that isn't negative. False: that is none, or it is too large. */
static inline bool number_of(const char *text, uint64_t *out_number)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    bool right = text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
    if (right) {
        *out_number = number;
    }
    return right;
}

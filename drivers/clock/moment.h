/* SPDX-License-Identifier: MIT */
/* What the clock's registers say, as seconds. Pure. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct moment {
    uint8_t year, month, day, hour, minute, second; /* as read */
    uint8_t mode;                                   /* register B */
};

/* Since 1970; the year is one from 2000 on. False: that is no date. */
bool moment_seconds(const struct moment *moment, uint64_t *out_seconds);

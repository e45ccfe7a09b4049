/* SPDX-License-Identifier: MIT */
#include "drivers/clock/moment.h"
#include "drivers/clock/device.h"

enum { DAYS_TO_2000 = 10957, DAY_SECONDS = 86400 };

/* A number above 99 stands for none. */
static unsigned number_of(uint8_t value, uint8_t mode)
{
    unsigned high = value >> 4;
    unsigned low = value & 15;
    if (mode & CLOCK_B_BINARY) {
        return value;
    }
    return high < 10 && low < 10 ? high * 10 + low : 255;
}

/* 12 hours begin with 12. */
static unsigned hour_of(uint8_t value, uint8_t mode)
{
    if (mode & CLOCK_B_24_HOURS) {
        return number_of(value, mode);
    }
    unsigned hour = number_of((uint8_t)(value & ~CLOCK_HOUR_PM), mode);
    return hour >= 1 && hour <= 12 ? hour % 12 + (value & CLOCK_HOUR_PM ? 12 : 0) : 255;
}

/* From 2000 to 2099 each fourth year has one more. */
static unsigned days_in(unsigned month, unsigned year)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && year % 4 == 0);
}

bool moment_seconds(const struct moment *moment, uint64_t *out_seconds)
{
    unsigned year = number_of(moment->year, moment->mode);
    unsigned month = number_of(moment->month, moment->mode);
    unsigned day = number_of(moment->day, moment->mode);
    unsigned hour = hour_of(moment->hour, moment->mode);
    unsigned minute = number_of(moment->minute, moment->mode);
    unsigned second = number_of(moment->second, moment->mode);
    if (year > 99 || month < 1 || month > 12 || day < 1 || day > days_in(month, year) ||
        hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    uint64_t days = DAYS_TO_2000 + 365 * (uint64_t)year + (year + 3) / 4 + day - 1;
    for (unsigned before = 1; before < month; before++) {
        days += days_in(before, year);
    }
    *out_seconds = days * DAY_SECONDS + hour * 3600 + minute * 60 + second;
    return true;
}

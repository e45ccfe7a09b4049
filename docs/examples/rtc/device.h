/* SPDX-License-Identifier: MIT */
/* The real-time clock of a PC, the MC146818A and what came after it: registers behind two ports. */
#pragma once

enum { RTC_INDEX = 0x70, RTC_DATA = 0x71, RTC_PORTS = 2, RTC_LINE = 8 };

enum rtc_register {
    RTC_SECOND = 0,
    RTC_MINUTE = 2,
    RTC_HOUR = 4,
    RTC_DAY = 7,
    RTC_MONTH = 8,
    RTC_YEAR = 9, /* without the century */
    RTC_B = 11,
    RTC_C = 12, /* what has happened; reading clears it, and lets the next interrupt come */
};

/* RTC_B */
enum { RTC_B_24_HOURS = 1 << 1, RTC_B_BINARY = 1 << 2, RTC_B_UPDATED = 1 << 4 };
enum { RTC_B_INTERRUPTS = 7 << 4 }; /* periodic, alarm, updated */

/* RTC_C: a second has begun; nothing changes the time for nearly all of it. */
enum { RTC_C_UPDATED = 1 << 4 };

enum { RTC_HOUR_PM = 1 << 7 };

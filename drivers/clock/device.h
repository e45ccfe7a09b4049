/* SPDX-License-Identifier: MIT */
/* The clock of a PC that goes on while it is off: the MC146818 (data sheet, table 3 and figure 12), and all since. */
#pragma once

/* The number of a register is written to the one port, its value is at the other. */
enum { CLOCK_INDEX = 0x70, CLOCK_VALUE = 0x71, CLOCK_PORTS = 2 };

enum clock_register {
    CLOCK_SECOND = 0,
    CLOCK_MINUTE = 2,
    CLOCK_HOUR = 4,
    CLOCK_DAY = 7,
    CLOCK_MONTH = 8,
    CLOCK_YEAR = 9, /* of its century */
    CLOCK_A = 10,
    CLOCK_B = 11,
};

enum {
    CLOCK_A_CHANGES = 0x80, /* it is about to go on: nothing read now belongs together */
    CLOCK_B_24_HOURS = 0x02,
    CLOCK_B_BINARY = 0x04, /* else a digit in each half of a byte */
    CLOCK_HOUR_PM = 0x80,
};

/* SPDX-License-Identifier: MIT */
/* SOURCES: drivers/clock/moment.c */
/* The registers of a PC's clock as seconds, compared with what the C library makes of the same date. */
#include "drivers/clock/moment.h"
#include "drivers/clock/device.h"
#include <test.h>

#include <time.h>

enum { BINARY = CLOCK_B_24_HOURS | CLOCK_B_BINARY };

static uint64_t expected(const struct moment *moment)
{
    struct tm date = {.tm_year = 100 + moment->year,
                      .tm_mon = moment->month - 1,
                      .tm_mday = moment->day,
                      .tm_hour = moment->hour,
                      .tm_min = moment->minute,
                      .tm_sec = moment->second};
    return (uint64_t)timegm(&date);
}

static uint64_t seconds_of(struct moment moment)
{
    uint64_t seconds = 0;
    assert_true(moment_seconds(&moment, &seconds));
    return seconds;
}

static void moments_are_seconds_since_1970(void **state)
{
    (void)state;
    assert_int_equal(seconds_of((struct moment){0, 1, 1, 0, 0, 0, BINARY}), 946684800);
    for (unsigned year = 0; year < 100; year++) {
        for (unsigned month = 1; month <= 12; month++) {
            struct moment moment = {
                (uint8_t)year, (uint8_t)month, (uint8_t)(year % 28 + 1), 23, 59, 58, BINARY};
            assert_int_equal(seconds_of(moment), expected(&moment));
        }
    }
}

static void moments_are_read_in_each_mode_of_the_clock(void **state)
{
    (void)state;
    uint64_t wanted = seconds_of((struct moment){26, 11, 23, 13, 45, 9, BINARY});
    assert_int_equal(
        seconds_of((struct moment){0x26, 0x11, 0x23, 0x13, 0x45, 0x09, CLOCK_B_24_HOURS}), wanted);
    assert_int_equal(seconds_of((struct moment){0x26, 0x11, 0x23, 0x81, 0x45, 0x09, 0}), wanted);
    assert_int_equal(seconds_of((struct moment){26, 11, 23, 0x81, 45, 9, CLOCK_B_BINARY}), wanted);
    wanted = seconds_of((struct moment){26, 11, 23, 0, 1, 0, BINARY});
    assert_int_equal(seconds_of((struct moment){0x26, 0x11, 0x23, 0x12, 1, 0, 0}), wanted);
    wanted = seconds_of((struct moment){26, 11, 23, 12, 1, 0, BINARY});
    assert_int_equal(seconds_of((struct moment){0x26, 0x11, 0x23, 0x92, 1, 0, 0}), wanted);
}

static void what_is_no_date_is_no_moment(void **state)
{
    static const struct moment wrong[] = {
        {100, 1, 1, 0, 0, 0, BINARY}, {26, 0, 1, 0, 0, 0, BINARY},
        {26, 13, 1, 0, 0, 0, BINARY}, {26, 1, 0, 0, 0, 0, BINARY},
        {26, 2, 29, 0, 0, 0, BINARY}, {28, 2, 30, 0, 0, 0, BINARY},
        {26, 1, 1, 24, 0, 0, BINARY}, {26, 1, 1, 0, 60, 0, BINARY},
        {26, 1, 1, 0, 0, 60, BINARY}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
        {0x2a, 1, 1, 0, 0, 0, 2},     {0x26, 1, 1, 0x13, 0, 0, 0},
        {0x26, 1, 1, 0, 0, 0, 0},
    };
    uint64_t seconds;
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(moment_seconds(&wrong[i], &seconds));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_seconds_since_1970),
        cmocka_unit_test(moments_are_read_in_each_mode_of_the_clock),
        cmocka_unit_test(what_is_no_date_is_no_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

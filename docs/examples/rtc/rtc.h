/* SPDX-License-Identifier: MIT */
/* The protocol of the real-time clock's driver. */
#pragma once
#include <j6/protocol.h>

enum rtc_code { rtc_code_next = 1 };

struct rtc_time {
    uint16_t year;
    uint8_t month, day, hour, minute, second;
};

/*
 * The date and time as soon as the next second begins. It may be asked twice, so it goes on with
 * the next driver. quota: too many wait.
 */
static inline j6_status_t rtc_next(struct j6_service *rtc, struct rtc_time *out_time)
{
    const struct j6_ask ask = {
        .code = rtc_code_next, .answer = out_time, .answer_size = sizeof(*out_time)};
    return j6_ask_service(rtc, &ask, j6_deadline_never);
}

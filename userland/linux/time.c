/* SPDX-License-Identifier: MIT */
/*
 * Calls that read clocks. Linux's vDSO serves them without the kernel, and so a bad pointer is a fault of the
 * program there, too: results are stored as they are.
 */
#include "userland/linux/calls.h"
#include "userland/linux/clocks.h"
#include <linux/time.h>

enum { SECOND = 1000000000 };

int64_t linux_clock_gettime(int clock, user_ptr_t time)
{
    j6_time_t ns;
    int64_t error = clock_read(clock, &ns);
    if (error == 0) {
        *(struct timespec *)time = (struct timespec){
            .tv_sec = (int64_t)(ns / SECOND),
            .tv_nsec = (int64_t)(ns % SECOND),
        };
    }
    return error;
}

int64_t linux_clock_getres(int clock, user_ptr_t resolution)
{
    j6_time_t ns;
    int64_t error = clock_read(clock, &ns);
    const struct timespec one = {.tv_nsec = 1};
    return error != 0 || resolution == 0 ? error : user_write(resolution, &one, sizeof(one));
}

int64_t linux_gettimeofday(user_ptr_t time, user_ptr_t zone)
{
    j6_time_t ns;
    int64_t error = clock_read(CLOCK_REALTIME, &ns);
    if (error == 0 && time != 0) {
        *(struct timeval *)time = (struct timeval){
            .tv_sec = (int64_t)(ns / SECOND),
            .tv_usec = (int64_t)(ns % SECOND / 1000),
        };
    }
    if (error == 0 && zone != 0) {
        *(struct timezone *)zone = (struct timezone){0};
    }
    return error;
}

int64_t linux_time(user_ptr_t seconds)
{
    j6_time_t ns;
    int64_t result = clock_read(CLOCK_REALTIME, &ns);
    if (result == 0) {
        result = (int64_t)(ns / SECOND);
        if (seconds != 0) {
            *(int64_t *)seconds = result;
        }
    }
    return result;
}

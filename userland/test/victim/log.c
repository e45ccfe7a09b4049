/* SPDX-License-Identifier: MIT */
/* Writing to the log. */
#include "lib/format.h"
#include "userland/test/victim/victim.h"

enum { BURST = 200, LINE_NS = 5000000 }; /* what a process may log at once; how it earns more */

int64_t mode_log(int64_t lines)
{
    char text[32];
    j6_status_t status = j6_status_ok;
    for (int64_t i = 0; i < lines && status == j6_status_ok; i++) {
        size_t len = format(text, sizeof(text), "line %lld", (long long)i);
        status = j6_log(j6_log_debug, text, len);
    }
    return (int64_t)status;
}

int64_t mode_print(int64_t lines)
{
    j6_status_t status = j6_status_ok;
    for (int64_t i = 0; i < lines && status == j6_status_ok; i++) {
        status = j6_printf("printed %lld", (long long)i);
    }
    return (int64_t)status;
}

static j6_time_t now(void)
{
    j6_time_t time = 0;
    j6_clock(&time);
    return time;
}

/* Logs until it is refused; tells how many lines were taken, and the time just before the refusal. */
static uint64_t flood(j6_time_t *out_before)
{
    uint64_t taken = 0;
    for (;;) {
        *out_before = now();
        if (j6_log(j6_log_debug, "x", 1) != j6_status_ok) {
            return taken;
        }
        taken++;
    }
}

/* How many lines can be earned in that time; one more where it begins and ends between two. */
static uint64_t earned(j6_time_t time)
{
    return time / LINE_NS < BURST ? time / LINE_NS : BURST;
}

int64_t mode_log_flood(int64_t argument)
{
    j6_time_t refused;
    j6_time_t start = now();
    uint64_t taken = flood(&refused);
    (void)argument;
    if (taken < BURST || taken > BURST + (now() - start) / LINE_NS + 1) {
        return __LINE__;
    }
    start = now();
    j6_thread_sleep(start + 10 * LINE_NS);
    uint64_t least = earned(now() - start);
    start = refused;
    taken = flood(&refused);
    return taken < least || taken > (now() - start) / LINE_NS + 2 ? __LINE__ : 0;
}

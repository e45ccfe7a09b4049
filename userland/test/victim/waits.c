/* SPDX-License-Identifier: MIT */
/* Ways to wait for others. */
#include "userland/test/victim/victim.h"

/* Answers the first user signal of the event with the second, so many times. */
int64_t mode_echo_signal(int64_t times)
{
    const uint64_t first = J6_SIGNAL(48);
    const uint64_t second = J6_SIGNAL(49);
    j6_handle_t event = j6_find("event");
    for (int64_t i = 0; i < times; i++) {
        j6_status_t status = j6_object_wait(event, first, NULL, j6_deadline_never);
        if (status == j6_status_ok) {
            status = j6_object_signal(event, first, second);
        }
        if (status != j6_status_ok) {
            return __LINE__;
        }
    }
    return 0;
}

int64_t mode_pause(int64_t argument)
{
    (void)argument;
    j6_thread_pause(NULL);
    return -1;
}

/* SPDX-License-Identifier: MIT */
/* Writing to the log. */
#include "lib/format.h"
#include "userland/test/victim/victim.h"

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

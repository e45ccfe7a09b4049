/* SPDX-License-Identifier: MIT */
/* What the start stack says beyond the program's arguments: handles, and where the clock is. */
#include "lib/auxv.h"
#include "userland/lib/clock.h"
#include "userland/lib/start.h"

const uint64_t *start_auxv(const uint64_t *stack)
{
    const uint64_t *environment = stack + 1 + stack[0] + 1;
    while (*environment != 0) {
        environment++;
    }
    return environment + 1;
}

void start_auxv_take(const uint64_t *auxv)
{
    const struct j6_clock_page *clock_page = NULL;
    const struct j6_start_handle *rows = NULL;
    size_t count = 0;
    for (; auxv[0] != AT_NULL; auxv += 2) {
        if (auxv[0] == J6_AT_HANDLES) {
            rows = (const struct j6_start_handle *)auxv[1];
        } else if (auxv[0] == J6_AT_HANDLE_COUNT) {
            count = auxv[1];
        } else if (auxv[0] == J6_AT_SYSINFO) {
            clock_page = (const struct j6_clock_page *)auxv[1];
        }
    }
    start_rows_set(rows, count);
    clock_page_set(clock_page);
}

/* SPDX-License-Identifier: MIT */
/*
 * For programs that are linked with musl and libj6 (`j6-cc --musl`): musl's startup code runs, and here libj6
 * learns what it would have read off the start stack.
 */
#include "userland/lib/clock.h"
#include "userland/lib/start.h"
#include <j6/start.h>

/* Of musl; the layer passes on all that j6_spawn gave. */
unsigned long getauxval(unsigned long type);

__attribute__((constructor)) static void tell_libj6(void)
{
    start_rows_set((const struct j6_start_handle *)getauxval(J6_AT_HANDLES),
                   getauxval(J6_AT_HANDLE_COUNT));
    clock_page_set((const struct j6_clock_page *)getauxval(J6_AT_SYSINFO));
}

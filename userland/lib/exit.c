/* SPDX-License-Identifier: MIT */
/* The end, for programs that begin in other ways, too. */
#include <j6/j6.h>

noreturn void j6_exit(int64_t code)
{
    j6_process_exit(code);
    __builtin_unreachable();
}

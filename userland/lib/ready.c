/* SPDX-License-Identifier: MIT */
#include <j6/j6.h>

void j6_ready(void)
{
    j6_object_signal(j6_handle_self_process, 0, j6_signal_ready);
}

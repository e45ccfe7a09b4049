/* SPDX-License-Identifier: MIT */
/* Calls on words in memory. */
#include "ipc/futex.h"
#include "kernel/syscall/sys.h"

j6_status_t sys_futex_wait(struct thread *caller, struct user_ptr address, uint32_t value,
                           j6_time_t deadline)
{
    return futex_wait(caller, address, value, deadline);
}

j6_status_t sys_futex_wake(struct thread *caller, struct user_ptr address, uint64_t count)
{
    return futex_wake(caller, address, count);
}

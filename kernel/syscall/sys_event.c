/* SPDX-License-Identifier: MIT */
/* Calls on events. */
#include "kernel/syscall/sys.h"

j6_status_t sys_event_create(struct thread *caller, uint64_t flags, struct user_ptr h)
{
    if (flags != 0) {
        return j6_err_invalid_arg;
    }
    j6_status_t status = user_probe_out(h, sizeof(j6_handle_t));
    struct event *event;
    if (status == j6_status_ok) {
        status = event_create(caller->process->account, &event);
    }
    if (status != j6_status_ok) {
        return status;
    }
    status = sys_new_handle_out(caller, &event->object, h);
    kobject_put(&event->object);
    return status;
}

j6_status_t sys_event_set_timer(struct thread *caller, struct event *event, j6_time_t deadline,
                                j6_time_t period)
{
    (void)caller;
    return event_set_timer(event, deadline, period);
}

/* SPDX-License-Identifier: MIT */
/* The wait for several objects, whose handles lie in memory. */
#include "kernel/syscall/sys.h"
#include "kernel/wait_many.h"

/* Each item is read once. Objects are looked up when all are read: a copy may come to step points. */
static j6_status_t items_in(struct wait_many *many)
{
    j6_status_t status = j6_status_ok;
    for (uint32_t i = 0; i < many->count && status == j6_status_ok; i++) {
        struct j6_wait_item item;
        status = user_copy_in(&item, user_ptr_add(many->items, i * sizeof(item)), sizeof(item));
        many->item[i].waiter.mask = item.mask;
        many->item[i].signals = item.handle;
    }
    return status;
}

/* As by the gate: what is wrong with any handle comes in this order, whichever it is. */
static j6_status_t objects_find(struct wait_many *many)
{
    bool bad_handle = false;
    bool denied = false;
    for (uint32_t i = 0; i < many->count; i++) {
        j6_handle_t handle = many->item[i].signals;
        struct kobject *object = sys_object_of(many->thread, handle);
        atomic_init(&many->item[i].waiter.object, object);
        bad_handle |= object == NULL;
        denied |= (j6_right_wait & ~handle) != 0;
    }
    if (bad_handle) {
        return j6_err_bad_handle;
    }
    return denied ? j6_err_denied : j6_status_ok;
}

j6_status_t sys_object_wait_many(struct thread *caller, struct user_ptr items, uint64_t n,
                                 j6_time_t deadline)
{
    if (n == 0) {
        return j6_err_invalid_arg;
    }
    if (n > WAIT_MANY_MAX) {
        return j6_err_out_of_range;
    }
    j6_status_t status = user_probe_out(items, n * sizeof(struct j6_wait_item));
    struct wait_many *many;
    if (status == j6_status_ok) {
        status = wait_many_create(caller, items, (uint32_t)n, &many);
    }
    if (status != j6_status_ok) {
        return status;
    }
    status = items_in(many);
    if (status == j6_status_ok) {
        status = objects_find(many);
    }
    if (status != j6_status_ok) {
        wait_many_destroy(many);
        return status;
    }
    return wait_many(many, deadline);
}

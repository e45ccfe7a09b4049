/* SPDX-License-Identifier: MIT */
/*
 * Requests that outlive the service. Any thread may find that it has closed, and look for the next one: the first
 * to have found that puts its handle in the place of the old one and closes that; the others close theirs. Who
 * had just read the old value finds it closed, which is the same to him.
 */
#include "userland/proto/names.h"

/* One that is repeated says the same every time. */
static bool is_repeatable(const struct j6_ask *ask)
{
    return ask->handle == 0 && (ask->len == 0 || (ask->cap == 0 && ask->out_len == NULL));
}

/* `old` is of no use: another one takes its place. */
static j6_status_t replace(struct j6_service *service, j6_handle_t old, j6_time_t deadline)
{
    j6_handle_t found;
    if (__atomic_load_n(&service->handle, __ATOMIC_RELAXED) != old) {
        return j6_status_ok;
    }
    j6_status_t status = names_wait(service->names, service->name, deadline, &found);
    if (status != j6_status_ok) {
        return status;
    }
    j6_handle_t unused = old;
    if (!__atomic_compare_exchange_n(&service->handle, &old, found, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED)) {
        unused = found;
    }
    if (unused != 0) {
        j6_handle_close(unused);
    }
    return j6_status_ok;
}

j6_status_t j6_ask_service(struct j6_service *service, const struct j6_ask *ask, j6_time_t deadline)
{
    j6_status_t status = j6_status_ok;
    if (!is_repeatable(ask)) {
        return j6_err_invalid_arg;
    }
    while (status == j6_status_ok) {
        j6_handle_t handle = __atomic_load_n(&service->handle, __ATOMIC_ACQUIRE);
        if (handle != 0) {
            status = j6_ask(handle, ask, deadline);
            bool replaced = status == j6_err_bad_handle &&
                            __atomic_load_n(&service->handle, __ATOMIC_RELAXED) != handle;
            if (status != j6_status_closed && !replaced) {
                return status;
            }
        }
        status = replace(service, handle, deadline);
    }
    return status;
}

void j6_service_drop(struct j6_service *service)
{
    if (service->handle != 0) {
        j6_handle_close(service->handle);
        service->handle = 0;
    }
}

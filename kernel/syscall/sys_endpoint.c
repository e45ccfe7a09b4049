/* SPDX-License-Identifier: MIT */
/*
 * Calls on endpoints. Those that pass messages on work on the caller's registers, as the map in syscalls.def
 * says, and leave the kernel with all of them loaded.
 */
#include "arch/upcall.h"
#include "ipc/badge.h"
#include "ipc/exchange.h"
#include "ipc/fast_path.h"
#include "ipc/message.h"
#include "ipc/service.h"
#include "kernel/syscall/sys.h"
#include <j6/message.h>

j6_status_t sys_endpoint_create(struct thread *caller, uint64_t max_data, uint64_t max_handles,
                                uint64_t flags, struct user_ptr h)
{
    if (flags != 0) {
        return j6_err_invalid_arg;
    }
    if (max_data > ENDPOINT_DATA_MAX || max_handles > IPC_HANDLES_MAX) {
        return j6_err_out_of_range;
    }
    j6_status_t status = user_probe_out(h, sizeof(j6_handle_t));
    struct endpoint *endpoint;
    if (status == j6_status_ok) {
        status = endpoint_create(caller->process->account, max_data, max_handles, &endpoint);
    }
    if (status != j6_status_ok) {
        return status;
    }
    status = sys_new_handle_out(caller, &endpoint->object, h);
    kobject_put(&endpoint->object);
    return status;
}

j6_status_t sys_badge_out(struct thread *caller, struct endpoint *endpoint, uint64_t rights,
                          uint64_t value, struct user_ptr out)
{
    struct process *process = caller->process;
    struct badge *badge;
    j6_status_t status = badge_create(process->account, endpoint, value, &badge);
    if (status != j6_status_ok) {
        return status;
    }
    status = sys_target_out(&process->handles, target_of(&endpoint->object, badge), rights, out);
    if (status == j6_status_ok) {
        badge_put(badge);
    } else {
        badge_discard(badge);
    }
    return status;
}

j6_status_t sys_endpoint_notify(struct thread *caller, struct endpoint *endpoint,
                                j6_handle_t handle, uint64_t bits)
{
    struct badge *badge;
    if (!handle_find_badge(&caller->process->handles, handle, &badge)) {
        return j6_err_bad_handle;
    }
    j6_status_t status = badge_notify(endpoint, badge, bits);
    if (badge != NULL) {
        badge_put(badge);
    }
    return status;
}

/* ---- messages ---- */

_Noreturn static void leave(struct thread *caller, j6_status_t status)
{
    caller->tcb.rax = status;
    kernel_leave();
}

/* What is wrong with a message in registers; then its memory part is read. r15 is 0 whatever comes. */
static j6_status_t message_begin(struct thread *caller, const struct endpoint *endpoint,
                                 unsigned use)
{
    caller->tcb.r15 = 0;
    bool system_tag = caller->tcb.arg[TCB_RSI] & j6_tag_system;
    return (use & MESSAGE_SENT) && system_tag ? j6_err_invalid_arg
                                              : message_read(caller, endpoint, use);
}

static j6_status_t send(struct thread *caller, struct endpoint *endpoint, j6_handle_t handle,
                        bool is_call)
{
    unsigned use = is_call ? MESSAGE_SENT | MESSAGE_RECEIVED : MESSAGE_SENT;
    j6_status_t status = message_begin(caller, endpoint, use);
    if (status == j6_status_ok &&
        !handle_find_badge(&caller->process->handles, handle, &caller->ipc.badge)) {
        status = j6_err_bad_handle;
    }
    if (status != j6_status_ok) {
        leave(caller, status);
    }
    exchange_send(caller, endpoint, is_call, caller->tcb.r12);
    kernel_leave();
}

j6_status_t sys_endpoint_send(struct thread *caller, struct endpoint *endpoint, j6_handle_t handle)
{
    return send(caller, endpoint, handle, false);
}

j6_status_t sys_endpoint_call(struct thread *caller, struct endpoint *endpoint, j6_handle_t handle)
{
    caller->ipc.calls++;
    caller->ipc.answered <<= 1;
    caller->ipc.fast_cpu = 0;
    fast_path_remember_send(caller, handle);
    return send(caller, endpoint, handle, true);
}

j6_status_t sys_endpoint_receive(struct thread *caller, struct endpoint *endpoint,
                                 j6_handle_t handle)
{
    fast_path_remember_receive(caller, handle);
    j6_status_t status = message_begin(caller, endpoint, MESSAGE_RECEIVED);
    if (status == j6_status_ok) {
        status = service_of_current(endpoint);
    }
    if (status != j6_status_ok) {
        leave(caller, status);
    }
    exchange_receive(caller, endpoint, caller->tcb.r12);
    kernel_leave();
}

j6_status_t sys_endpoint_reply(struct thread *caller, struct endpoint *endpoint, j6_handle_t handle)
{
    (void)handle;
    j6_status_t status = message_begin(caller, endpoint, MESSAGE_SENT);
    if (status == j6_status_ok) {
        status = exchange_reply(caller, endpoint, caller->tcb.r14, false);
    }
    leave(caller, status);
}

j6_status_t sys_endpoint_reply_receive(struct thread *caller, struct endpoint *endpoint,
                                       j6_handle_t handle)
{
    fast_path_remember_receive(caller, handle);
    j6_status_t status = message_begin(caller, endpoint, MESSAGE_SENT | MESSAGE_RECEIVED);
    if (status == j6_status_ok) {
        status = service_of_current(endpoint); /* before the reply, which can't be taken back */
    }
    if (status != j6_status_ok) {
        leave(caller, status);
    }
    /* A reply to nobody closes the handles that it carries: maybe all that there are to the endpoint. */
    bool kept = caller->ipc.message.handle_count > 0 && kobject_try_get(&endpoint->object);
    status = exchange_reply(caller, endpoint, caller->tcb.r14, true);
    if (status == j6_status_ok || status == j6_status_cancelled) {
        exchange_receive(caller, endpoint, caller->tcb.r12);
    } else {
        caller->tcb.rax = status;
    }
    if (kept) {
        kobject_put(&endpoint->object);
    }
    kernel_leave();
}

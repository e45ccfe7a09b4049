/* SPDX-License-Identifier: MIT */
#include "ipc/message.h"
#include "kernel/process.h"
#include "lib/string.h"
#include "mm/user_copy.h"
#include <j6/rights.h>

static struct user_ptr user_of(const void *pointer)
{
    return (struct user_ptr){(vaddr_t)pointer};
}

/* What isn't used counts as nothing; room for more than a message can have, as that much. */
static void forget_unused(struct j6_message *message, unsigned use)
{
    if (!(use & MESSAGE_SENT)) {
        message->len = 0;
        message->handle_count = 0;
    }
    if (!(use & MESSAGE_RECEIVED)) {
        message->cap = 0;
        message->handle_cap = 0;
    }
    if (message->cap > ENDPOINT_DATA_MAX) {
        message->cap = ENDPOINT_DATA_MAX;
    }
    if (message->handle_cap > IPC_HANDLES_MAX) {
        message->handle_cap = IPC_HANDLES_MAX;
    }
}

static bool ranges_ok(const struct j6_message *message)
{
    uint64_t len = message->len > message->cap ? message->len : message->cap;
    uint64_t count =
        message->handle_count > message->handle_cap ? message->handle_count : message->handle_cap;
    return (len == 0 || user_range_ok(user_of(message->data), len)) &&
           (count == 0 || user_range_ok(user_of(message->handles), count * sizeof(j6_handle_t)));
}

/* The same handle can't be sent twice: it goes with the first. */
static j6_status_t handles_check(struct thread *thread)
{
    const j6_handle_t *handles = thread->ipc.handles;
    uint64_t count = thread->ipc.message.handle_count;
    uint64_t rights = j6_right_transfer;
    for (uint64_t i = 0; i < count; i++) {
        bool self = handles[i] == j6_handle_self_process || handles[i] == j6_handle_self_thread;
        if (!self && handle_find(&thread->process->handles, handles[i]) == NULL) {
            return j6_err_bad_handle;
        }
        for (uint64_t j = 0; j < i; j++) {
            if (handles[j] == handles[i]) {
                return j6_err_bad_handle;
            }
        }
        rights &= handles[i]; /* those constants say which they have, like any handle */
    }
    return rights != 0 ? j6_status_ok : j6_err_denied;
}

static j6_status_t handles_read(struct thread *thread)
{
    const struct j6_message *message = &thread->ipc.message;
    j6_status_t status = user_copy_in(thread->ipc.handles, user_of(message->handles),
                                      message->handle_count * sizeof(j6_handle_t));
    return status == j6_status_ok ? handles_check(thread) : status;
}

j6_status_t message_read(struct thread *thread, const struct endpoint *endpoint, unsigned use)
{
    struct j6_message *message = &thread->ipc.message;
    struct user_ptr from = {thread->tcb.r13};
    if (from.address == 0) {
        *message = (struct j6_message){0};
        return j6_status_ok;
    }
    j6_status_t status = user_copy_in(message, from, sizeof(*message));
    if (status != j6_status_ok) {
        return status;
    }
    forget_unused(message, use);
    if (message->len > endpoint->max_data || message->handle_count > endpoint->max_handles) {
        return j6_err_out_of_range;
    }
    if (!ranges_ok(message)) {
        return j6_err_bad_address;
    }
    return message->handle_count > 0 ? handles_read(thread) : j6_status_ok;
}

void message_handles_close(struct thread *thread)
{
    for (uint64_t i = 0; i < thread->ipc.message.handle_count; i++) {
        (void)handle_remove(&thread->process->handles, thread->ipc.handles[i]);
    }
}

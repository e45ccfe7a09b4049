/* SPDX-License-Identifier: MIT */
#include "ipc/message.h"
#include "kernel/process.h"
#include "lib/string.h"
#include "mm/user_copy.h"
#include <j6/rights.h>

/* What isn't used counts as nothing. */
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
}

static j6_status_t handles_check(const struct thread *thread)
{
    const j6_handle_t *handles = thread->ipc.handles;
    for (uint64_t i = 0; i < thread->ipc.message.handle_count; i++) {
        bool self = handles[i] == j6_handle_self_process || handles[i] == j6_handle_self_thread;
        if (!self && handle_find(&thread->process->handles, handles[i]) == NULL) {
            return j6_err_bad_handle;
        }
    }
    return message_values_check(thread);
}

static j6_status_t handles_read(struct thread *thread)
{
    const struct j6_message *message = &thread->ipc.message;
    j6_status_t status =
        user_copy_in(thread->ipc.handles, (struct user_ptr){(vaddr_t)message->handles},
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
    status = message_check(message, endpoint);
    if (status != j6_status_ok) {
        return status;
    }
    return message->handle_count > 0 ? handles_read(thread) : j6_status_ok;
}

void message_handles_close(struct thread *thread)
{
    for (uint64_t i = 0; i < thread->ipc.message.handle_count; i++) {
        (void)handle_remove(&thread->process->handles, thread->ipc.handles[i]);
    }
}

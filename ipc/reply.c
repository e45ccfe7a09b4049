/* SPDX-License-Identifier: MIT */
/* Replies, by the steps of exchange.h. */
#include "ipc/deliver.h"
#include "ipc/exchange.h"
#include "ipc/message.h"
#include "ipc/service.h"
#include "ipc/token.h"
#include "ipc/transfer.h"
#include "kernel/process.h"

/* The caller is out of its service's list. */
static void give_locked(struct thread *replier, struct thread *caller)
{
    struct delivery reply = delivery_from(replier);
    deliver_registers(caller, &reply);
    caller->ipc.answered |= 1;
    wait_end_locked(caller, j6_status_ok);
}

/* It doesn't get the reply, which was its own fault. */
static j6_status_t refuse_locked(struct thread *replier, struct thread *caller, j6_status_t status)
{
    deliver_sizes(caller, replier);
    caller->ipc.answered |= 1; /* the token is used up */
    wait_end_locked(caller, status);
    return j6_status_cancelled;
}

/* The replier's message can't be read: the caller waits on. */
static void return_locked(struct endpoint *endpoint, struct thread *caller)
{
    struct service *service = caller->ipc.service;
    if (endpoint_is_closed_locked(endpoint) || caller->wait.late != j6_status_ok) {
        wait_end_locked(caller,
                        caller->wait.late != j6_status_ok ? caller->wait.late : j6_status_closed);
        return;
    }
    caller->wait.type = &endpoint_wait_reply;
    service_caller_add_locked(service, caller);
}

/* X3 to X5 */
static j6_status_t push_locked(struct endpoint *endpoint, struct thread *replier,
                               struct thread *caller)
{
    bool mine;
    caller->wait.type = &endpoint_wait_copy;
    endpoint_unlock(endpoint);
    j6_status_t status = transfer_message(replier, caller, &mine);
    endpoint_lock(endpoint);
    if (status == j6_status_ok) {
        give_locked(replier, caller);
    } else if (mine) {
        return_locked(endpoint, caller);
    } else {
        status = refuse_locked(replier, caller, status);
    }
    return status;
}

static j6_status_t reply_to_locked(struct endpoint *endpoint, struct thread *replier,
                                   struct thread *caller)
{
    service_caller_remove_locked(caller);
    if (!message_fits(replier, caller)) {
        return refuse_locked(replier, caller, j6_err_insufficient);
    }
    if (!message_is_short(replier)) {
        return push_locked(endpoint, replier, caller);
    }
    give_locked(replier, caller); /* X2 */
    return j6_status_ok;
}

j6_status_t exchange_reply(struct thread *replier, struct endpoint *endpoint, uint64_t token)
{
    struct thread *caller;
    endpoint_lock(endpoint);
    j6_status_t status = endpoint_is_closed_locked(endpoint)
                             ? j6_status_closed
                             : token_caller_locked(endpoint, replier->process, token, &caller);
    if (status == j6_status_ok) {
        status = reply_to_locked(endpoint, replier, caller);
    }
    endpoint_unlock(endpoint);
    if (status == j6_status_cancelled) {
        message_handles_close(replier);
    }
    return status;
}

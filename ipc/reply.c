/* SPDX-License-Identifier: MIT */
/* Replies, by the steps of exchange.h. */
#include "ipc/deliver.h"
#include "ipc/exchange.h"
#include "ipc/message.h"
#include "ipc/service.h"
#include "ipc/token.h"
#include "ipc/transfer.h"
#include "kernel/process.h"

static void give_locked(struct thread *replier, struct thread *caller)
{
    struct delivery reply = delivery_from(replier);
    service_caller_remove_locked(caller);
    deliver_registers(caller, &reply);
    caller->ipc.answered |= 1;
    wait_end_locked(caller, j6_status_ok);
}

/* It doesn't get the reply, which is its own fault. */
static j6_status_t refuse_locked(struct thread *replier, struct thread *caller, j6_status_t status)
{
    service_caller_remove_locked(caller);
    deliver_sizes(caller, replier);
    caller->ipc.answered |= 1; /* the token is used up */
    wait_end_locked(caller, status);
    return j6_status_cancelled;
}

/* The replier's message can't be read: the caller waits on, unless its wait has ended meanwhile. */
static void return_locked(struct endpoint *endpoint, struct thread *caller)
{
    j6_status_t late = caller->wait.late;
    bool closed = endpoint_is_closed_locked(endpoint);
    caller->wait.type = &endpoint_wait_reply;
    if (late != j6_status_ok || closed) {
        service_caller_gives_up_locked(caller);
        wait_end_locked(caller, late != j6_status_ok ? late : j6_status_closed);
    }
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

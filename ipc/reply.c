/* SPDX-License-Identifier: MIT */
/* Replies, by the steps of exchange.h. */
#include "ipc/deliver.h"
#include "ipc/exchange.h"
#include "ipc/message.h"
#include "ipc/service.h"
#include "ipc/token.h"
#include "ipc/transfer.h"
#include "kernel/process.h"

/* Who replies to whom, and whether he goes on to receive: then the caller may have the CPU. */
struct reply {
    struct thread *replier;
    struct thread *caller;
    bool receives;
};

static void give_locked(const struct reply *reply)
{
    struct thread *caller = reply->caller;
    struct delivery delivery = delivery_from(reply->replier);
    service_caller_remove_locked(caller);
    deliver_registers(caller, &delivery);
    caller->ipc.answered |= 1;
    if (reply->receives) {
        wait_end_hand_over_locked(caller, j6_status_ok);
    } else {
        wait_end_locked(caller, j6_status_ok);
    }
}

/* It doesn't get the reply, which is its own fault. */
static j6_status_t refuse_locked(const struct reply *reply, j6_status_t status)
{
    struct thread *caller = reply->caller;
    service_caller_remove_locked(caller);
    deliver_sizes(caller, reply->replier);
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
static j6_status_t push_locked(struct endpoint *endpoint, const struct reply *reply)
{
    bool mine;
    reply->caller->wait.type = &endpoint_wait_copy;
    endpoint_unlock(endpoint);
    j6_status_t status = transfer_message(reply->replier, reply->caller, &mine);
    endpoint_lock(endpoint);
    if (status == j6_status_ok) {
        give_locked(reply);
    } else if (mine) {
        return_locked(endpoint, reply->caller);
    } else {
        status = refuse_locked(reply, status);
    }
    return status;
}

static j6_status_t reply_locked(struct endpoint *endpoint, const struct reply *reply)
{
    if (!message_fits(reply->replier, reply->caller)) {
        return refuse_locked(reply, j6_err_insufficient);
    }
    if (!message_is_short(reply->replier)) {
        return push_locked(endpoint, reply);
    }
    give_locked(reply); /* X2 */
    return j6_status_ok;
}

j6_status_t exchange_reply(struct thread *replier, struct endpoint *endpoint, uint64_t token,
                           bool receives)
{
    struct reply reply = {.replier = replier, .receives = receives};
    endpoint_lock(endpoint);
    j6_status_t status =
        endpoint_is_closed_locked(endpoint)
            ? j6_status_closed
            : token_caller_locked(endpoint, replier->process, token, &reply.caller);
    if (status == j6_status_ok) {
        status = reply_locked(endpoint, &reply);
    }
    endpoint_unlock(endpoint);
    if (status == j6_status_cancelled) {
        message_handles_close(replier);
    }
    return status;
}

/* SPDX-License-Identifier: MIT */
#include "ipc/token.h"
#include "ipc/service.h"

enum { ANSWERS_KEPT = 64 };

/* Does it wait at this endpoint for a reply, and from this process? */
static bool waits_locked(const struct endpoint *endpoint, const struct process *process,
                         const struct thread *caller)
{
    return wait_is_locked(caller, &endpoint->object.lock, &endpoint_wait_reply) &&
           caller->ipc.service->process == process;
}

/* Was the call, for whose reply nobody waits here, given up by the caller? */
static bool was_given_up(const struct thread *caller, uint64_t number)
{
    uint64_t ago = caller->ipc.calls - number;
    if (number > caller->ipc.calls) {
        return false;
    }
    bool answered = ago < ANSWERS_KEPT && (caller->ipc.answered >> ago & 1);
    return !answered && (ago > 0 || caller->ipc.given_up == number);
}

j6_status_t token_caller_locked(const struct endpoint *endpoint, const struct process *process,
                                uint64_t token, struct thread **out_caller)
{
    uint64_t number = token >> THREAD_SLOT_BITS;
    struct thread *caller = thread_slot_find(token & (THREAD_SLOT_MAX - 1));
    bool given_up;
    if (caller == NULL) {
        given_up = number <= thread_slot_calls_ended();
    } else if (number == caller->ipc.calls && waits_locked(endpoint, process, caller)) {
        *out_caller = caller;
        return j6_status_ok;
    } else {
        given_up = was_given_up(caller, number);
    }
    return given_up && number != 0 ? j6_status_cancelled : j6_err_not_found;
}

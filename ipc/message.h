/* SPDX-License-Identifier: MIT */
/*
 * The memory part of messages. It is read at entry, once, into the thread: struct j6_message, and the
 * values of the handles to send. The same struct serves both directions of a call.
 *
 * Rules: by the running thread about itself; message_read with nothing held.
 */
#pragma once
#include "ipc/endpoint.h"
#include "kernel/thread.h"
#include "mm/user_copy.h"
#include <j6/rights.h>

/* What a call does with the message. */
enum message_use { MESSAGE_SENT = 1 << 0, MESSAGE_RECEIVED = 1 << 1 };

/*
 * Reads the message that r13 points at; 0: an empty one. out_of_range: more than the endpoint takes;
 * bad_address: not memory of the caller; bad_handle, denied: a handle that it doesn't have, has named
 * twice, or may not transfer.
 */
j6_status_t message_read(struct thread *thread, const struct endpoint *endpoint,
                         unsigned use) J6_MUST_USE;

static inline uint64_t message_larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/*
 * Looks at a message that was read from memory, but for the handles in it; room for more than one can
 * have counts as that much. out_of_range, bad_address.
 */
static inline j6_status_t message_check(struct j6_message *message, const struct endpoint *endpoint)
{
    if (message->len > endpoint->max_data || message->handle_count > endpoint->max_handles) {
        return j6_err_out_of_range;
    }
    if (message->cap > ENDPOINT_DATA_MAX) {
        message->cap = ENDPOINT_DATA_MAX;
    }
    if (message->handle_cap > IPC_HANDLES_MAX) {
        message->handle_cap = IPC_HANDLES_MAX;
    }
    uint64_t bytes = message_larger(message->len, message->cap);
    uint64_t count = message_larger(message->handle_count, message->handle_cap);
    struct user_ptr data = {(vaddr_t)message->data}, handles = {(vaddr_t)message->handles};
    bool ok = (bytes == 0 || user_range_ok(data, bytes)) &&
              (count == 0 || user_range_ok(handles, count * sizeof(j6_handle_t)));
    return ok ? j6_status_ok : j6_err_bad_address;
}

/*
 * Looks at the values of the handles that are sent; whether they are handles is another question. The same
 * one can't be sent twice: it goes with the first. bad_handle, denied.
 */
static inline j6_status_t message_values_check(const struct thread *thread)
{
    const j6_handle_t *handles = thread->ipc.handles;
    uint64_t rights = j6_right_transfer;
    for (uint64_t i = 0; i < thread->ipc.message.handle_count; i++) {
        for (uint64_t j = 0; j < i; j++) {
            if (handles[j] == handles[i]) {
                return j6_err_bad_handle;
            }
        }
        rights &= handles[i]; /* handles to oneself say which they have, like any other */
    }
    return rights != 0 ? j6_status_ok : j6_err_denied;
}

/* Has it neither data nor handles? Then registers are all that there is to deliver. */
static inline bool message_is_short(const struct thread *from)
{
    return (from->ipc.message.len | from->ipc.message.handle_count) == 0;
}

/* Does `to` offer enough for it? */
static inline bool message_fits(const struct thread *from, const struct thread *to)
{
    return from->ipc.message.len <= to->ipc.message.cap &&
           from->ipc.message.handle_count <= to->ipc.message.handle_cap;
}

/* The receiver has gone: closes the handles that were sent along. */
void message_handles_close(struct thread *thread);

/* SPDX-License-Identifier: MIT */
/*
 * The memory part of messages. It is read at entry, once, into the thread: struct j6_message, and the
 * values of the handles to send. The same struct serves both directions of a call.
 *
 * Rules: by the running thread about itself, with nothing held.
 */
#pragma once
#include "ipc/endpoint.h"
#include "kernel/thread.h"

/* What a call does with the message. */
enum message_use { MESSAGE_SENT = 1 << 0, MESSAGE_RECEIVED = 1 << 1 };

/*
 * Reads the message that r13 points at; 0: an empty one. out_of_range: more than the endpoint takes;
 * bad_address: not memory of the caller; bad_handle, denied: a handle that it doesn't have, has named
 * twice, or may not transfer.
 */
j6_status_t message_read(struct thread *thread, const struct endpoint *endpoint,
                         unsigned use) J6_MUST_USE;

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

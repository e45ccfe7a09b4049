/* SPDX-License-Identifier: MIT */
/*
 * Messages of threads: send, call, receive, reply. Who comes second finds the other waiting, and
 * delivers; he alone runs, so what takes long, the copy, is his:
 *
 *   X1  locks; takes the partner out of where it waits
 *   X2  a message of registers alone: delivers it, still under the lock. Else:
 *   X3  the partner waits in endpoint_wait_copy; unlocks; copies (ipc/transfer.h); locks
 *   X4  whose fault it was, if it failed, gets that; the other goes on as if nothing had been
 *   X5  ends the partner's wait, or makes it wait for the reply; unlocks
 *
 * A time-out or kill that comes to the partner between X3 and X5 is kept until then (wait.late), and
 * loses against a message that was delivered. If the endpoint closes meanwhile, the message counts as
 * delivered just before.
 *
 * Who goes on to wait (X4), but finds others waiting on the other side by then, is woken to receive again
 * from his registers. So the queue and the list of receivers are never both in use.
 * tests/models/call.pml checks this protocol.
 *
 * Rules: by the running thread, with nothing held. Results go to its registers, at once or when its wait ends:
 * it leaves the kernel after the call, whatever comes of it. The endpoint was found by a handle.
 */
#pragma once
#include "ipc/endpoint.h"

/*
 * Sends the message that message_read has read; `is_call`: and waits for the reply. would_block,
 * timed_out, closed; bad_address, bad_handle, quota, no_memory: its message couldn't be read, or the reply
 * not be written; insufficient: the reply doesn't fit.
 */
void exchange_send(struct thread *sender, struct endpoint *endpoint, bool is_call,
                   j6_time_t deadline);

/*
 * Receives. would_block, timed_out, closed; insufficient: the next message doesn't fit, and stays;
 * bad_address, quota, no_memory: it couldn't be written, and stays.
 */
void exchange_receive(struct thread *receiver, struct endpoint *endpoint, j6_time_t deadline);

/*
 * Replies to the call with that token; doesn't wait. `receives`: the replier goes on to receive.
 * not_found: there is none that this process has received here, or it was answered; cancelled: the caller has
 * gone, or can't take the reply: then the handles that were sent along are closed. closed; bad_address,
 * bad_handle: its own message, and the token stays good.
 */
j6_status_t exchange_reply(struct thread *replier, struct endpoint *endpoint, uint64_t token,
                           bool receives) J6_MUST_USE;

/* SPDX-License-Identifier: MIT */
/*
 * What the fast path of calls (ipc/fast_path.asm) needs to know beforehand, so that it has little to
 * look at. It serves
 *
 *   call           deadline never; the first receiver waits on this CPU, ready for it, and holds no other
 *                  call; memory and handles of the message as fast_message_pass says
 *   reply_receive  the same, to the one call that the thread holds, which came this way; nothing is queued, and
 *                  nobody waits for the endpoint's signals
 *
 * What they do is what ipc/exchange.h says.
 *
 * Rules: by the running thread about itself.
 */
#pragma once
#include "ipc/endpoint.h"

/* Whether there is a fast path at all: from boot on, "ipc=slow" on the command line says no. */
void fast_path_init(const char *option);

/* The thread has used the handle, which the gate has let through, to send, or to receive. */
void fast_path_remember_send(struct thread *thread, j6_handle_t handle);
void fast_path_remember_receive(struct thread *thread, j6_handle_t handle);

/*
 * From the fast path, with the endpoint's lock held: passes the memory part of a message, to which
 * `pointer` points, to a thread that waits, and whose page table was looked at: a page of data and handles,
 * as far as nothing needs to be brought in, waited for, or complained about. Returns the bytes, and from
 * bit 32 on the handles, that came; ~0: it goes the slow way, from the start. Then a part of the data may
 * have been written, if the sender's second page isn't there or somebody holds a table of handles.
 */
uint64_t fast_message_pass(struct thread *from, struct thread *to, const struct endpoint *endpoint,
                           const void *pointer);

/* The thread begins to wait for something to receive, maybe until a deadline. */
void fast_path_receive_locked(struct thread *thread, j6_time_t deadline);

/* SPDX-License-Identifier: MIT */
/*
 * What the fast path of calls (ipc/fast_path.asm) needs to know beforehand, so that it has little to
 * look at. It serves
 *
 *   call           without data and handles, deadline never; the first receiver waits on this CPU, ready
 *                  for it, and holds no other call
 *   reply_receive  the same, to the one call that the thread holds, which came this way; nothing is queued, and
 *                  nobody waits for the endpoint's signals
 *
 * What they do is what ipc/exchange.c would do.
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

/* The thread begins to wait for something to receive, maybe until a deadline. */
void fast_path_receive_locked(struct thread *thread, j6_time_t deadline);

/* SPDX-License-Identifier: MIT */
/*
 * Moves the memory part of a message from one thread to another: the data is copied once, from space to
 * space; handles move all or none, after that.
 *
 *   T1  data is copied
 *   T2  slots for the handles are reserved in the receiver's table
 *   T3  the values that they will have are written to the receiver's memory
 *   T4  the handles leave the sender's table, and appear in the receiver's: the last thing to fail
 *
 * Rules: one of the two is the running thread, the other waits in endpoint_wait_copy, which keeps its
 * process. Nothing is held, and there is no step point: a message is small enough.
 */
#pragma once
#include "kernel/handle_move.h"
#include "kernel/process.h"

/*
 * bad_address, quota, no_memory, bad_handle: of the receiver, or, with *out_sender_failed, of the sender.
 * Then the receiver has none of the handles; its memory may hold a part of the message.
 */
j6_status_t transfer_message(struct thread *from, struct thread *to,
                             bool *out_sender_failed) J6_MUST_USE;

/* The move of the handles that a message has; what they become is left open. */
static inline void transfer_move_init(struct handle_move *move, struct thread *from,
                                      const struct thread *to)
{
    move->from = &from->process->handles;
    move->to = &to->process->handles;
    move->count = (uint32_t)from->ipc.message.handle_count;
    move->sent = from->ipc.handles;
}

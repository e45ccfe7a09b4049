/* SPDX-License-Identifier: MIT */
/*
 * Handles that move from one table to another, with a message: all of them, or none. An object isn't told:
 * it has as many handles as before. Slots are reserved first, so the last step can only fail because
 * one of the handles has gone.
 *
 * Rules: both tables are open meanwhile, and may be the same.
 */
#pragma once
#include "kernel/handle.h"

enum { HANDLE_MOVE_MAX = 16 };

struct handle_move {
    struct handle_table *from;
    struct handle_table *to;
    uint32_t count;
    const j6_handle_t *sent;               /* values in `from` */
    j6_handle_t received[HANDLE_MOVE_MAX]; /* reserved: the values that they will have in `to` */
};

/* quota, no_memory: nothing is reserved. */
j6_status_t handle_move_reserve(struct handle_move *move) J6_MUST_USE;

/* bad_handle: `from` has one of them no more; nothing was moved, all is still reserved. */
j6_status_t handle_move_finish(struct handle_move *move) J6_MUST_USE;

/*
 * All of it in one step, by somebody who holds locks of higher ranks. False if it can't be done at
 * once, or at all: nothing has changed. Waits for no lock, so answers no TLB shootdown either.
 */
bool handle_move_now(struct handle_move *move) J6_MUST_USE;

/* Gives what was reserved back. */
void handle_move_cancel(struct handle_move *move);

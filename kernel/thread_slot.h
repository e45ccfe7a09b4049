/* SPDX-License-Identifier: MIT */
/*
 * Thread slots: a small number for each thread, by which something short can name it for a while:
 * with the number of a call a reply token (ipc/call.h). A slot is used again; the numbers of calls are
 * not: a thread begins to count where those that have ended have stopped.
 *
 * Rules: finding takes no lock. What it returns is good until the call blocks or comes to a step point,
 * by the grace period.
 */
#pragma once
#include <j6/status.h>
#include <stdint.h>

enum { THREAD_SLOT_BITS = 20, THREAD_SLOT_MAX = 1 << THREAD_SLOT_BITS };

struct thread;

/* Gives a new thread a slot, and the number of calls that it counts on from. no_memory, quota. */
j6_status_t thread_slot_take(struct thread *thread) J6_MUST_USE;

/* The thread has ended, or never began: nobody finds it any more. */
void thread_slot_give_back(struct thread *thread);

/* The thread in a slot below THREAD_SLOT_MAX; NULL: there is none. */
struct thread *thread_slot_find(uint32_t slot);

/* Has any thread that has ended counted as far? */
uint64_t thread_slot_calls_ended(void);

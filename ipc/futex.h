/* SPDX-License-Identifier: MIT */
/*
 * Futexes: threads wait while a word in memory has a value, until somebody wakes who waits at that word.
 * What the word means is the users' affair: the kernel only looks whether it still has the value.
 *
 * A word is known by its area and the offset in that: so it is the same one for all processes that map
 * the area, wherever they do, and whether its page is shared with a clone or was copied. A clone is
 * another area.
 *
 *   waits                                    wakes
 *   F1  takes the lock of the word's bucket  G1  has changed the word
 *   F2  reads the word: still the value      G2  takes the lock of the bucket
 *   F3  begins to wait, and unlocks          G3  ends the waits at the word
 *
 * Either F2 sees the changed word, or G3 finds the thread: nothing is lost between them.
 *
 * Rules: the words are of 32 bits, aligned. Who waits longest is woken first. A wait keeps nothing alive:
 * where the area is unmapped, or gone, it goes on until its deadline or a kill.
 */
#pragma once
#include "kernel/thread.h"
#include "mm/user_copy.h"

/* Once, before there are threads. */
void futex_init(void);

/*
 * Waits, for the running thread, while the word has the value. futex_changed: it hasn't; would_block: it
 * has, and the deadline is j6_deadline_poll; timed_out; invalid_arg (not aligned); bad_address, quota,
 * no_memory (the word can't be read); cancelled (the thread was killed).
 */
j6_status_t futex_wait(struct thread *thread, struct user_ptr word, uint32_t value,
                       j6_time_t deadline);

/*
 * Ends up to `count` of the waits that have begun by now, and comes to step points between some of them.
 * invalid_arg (not aligned), bad_address (nothing that can be read is mapped there).
 */
j6_status_t futex_wake(struct thread *thread, struct user_ptr word, uint64_t count);

/* SPDX-License-Identifier: MIT */
/*
 * Waiting: the one way in which a thread blocks. What it waits for has a lock, which guards the wait.
 *
 *   the thread                                  whoever ends the wait
 *   W1  looks under the lock: nothing there     E1  takes the lock, finds the thread's wait
 *   W2  wait_begin, still under the lock        E2  writes its results, wait_end: it is ready
 *   W3  unlocks, kernel_leave
 *
 * Who takes the thread out of its wait under that lock owns it until wait_end; nobody else can. So what
 * it waits for, its deadline, a kill and the end of an object never meet twice in one wait, and nothing
 * that happens after W1 is missed. A time-out or kill only knows the thread:
 *
 *   C1  reads which lock guards its wait        C3  is it still this wait? (same lock; for a time-out:
 *   C2  takes that lock                             same round of its timer) Then E2
 *
 * The lock that C1 finds may belong to an object that ends meanwhile: its memory stays for a grace
 * period, and C2 runs in the kernel. And a kill that comes while the wait begins:
 *
 *   K1  the killer sets `killed`                W2' the thread has published the lock
 *   K2  C1                                      W2" it reads `killed`, and ends its own wait
 *
 * K1, K2, W2' and W2" are sequentially consistent, so K2 or W2" sees the other's.
 * tests/models/wait.pml checks this protocol.
 *
 * Rules: a thread that waits keeps nothing on its kernel stack. What it gets lies in its registers; what
 * lies in memory it fetches itself, by `resume`, before it goes on in user mode.
 */
#pragma once
#include "arch/arch.h"
#include "kernel/base/spinlock.h"
#include "kernel/timer.h"
#include "lib/list.h"
#include <j6/flags.h>
#include <j6/status.h>
#include <stdint.h>

struct thread;

/* A kind of wait. */
struct wait_type {
    uint32_t kind;         /* for those who look at threads: j6_wait_… */
    j6_status_t timed_out; /* what the thread gets when its deadline passes */
    /*
     * The wait ends for another reason than what it waits for (time-out, kill): takes the thread out of
     * what it waits in, and writes its results but for the status. The wait's lock is held. NULL: somebody
     * is at work on the thread, without the lock; he looks at `late` when he has it again.
     */
    void (*undo)(struct thread *thread);
};

struct wait {
    /* Atomic */
    struct spinlock *_Atomic lock; /* NULL: the thread doesn't wait */
    /* Guarded by *lock, while there is one */
    const struct wait_type *type;
    j6_status_t late; /* what the wait was to end with while nobody could undo it; else ok */
    struct timer timer;
    /* For those who look: koid of what it waits for, 0: none. Void where the lock is an endpoint's. */
    _Atomic uint64_t target;
};

/* Has the deadline passed? */
static inline bool deadline_is_over(j6_time_t deadline)
{
    return deadline != j6_deadline_never && deadline <= clock_now();
}

/*
 * W2, for the running thread, which is in what it waits for already. Its lock is held; after that is
 * released, the thread leaves the kernel. The deadline isn't over.
 */
void wait_begin_locked(struct thread *thread, struct spinlock *lock, const struct wait_type *type,
                       uint64_t target, j6_time_t deadline);

/* E2: the thread is out of what it waited for, its other results are written. The lock is held. */
void wait_end_locked(struct thread *thread, j6_status_t status);

/*
 * The same by the running thread, which is going to wait itself (sched_hand_over); for that other one
 * (sched_summon).
 */
void wait_end_hand_over_locked(struct thread *thread, j6_status_t status);
void wait_end_summon_locked(struct thread *thread, j6_status_t status);

/* Undoes the wait of a thread, if it waits: it gets this status. False: it doesn't, or no more. */
bool wait_cancel(struct thread *thread, j6_status_t status);

/* Does the thread wait, guarded by this lock, which is held, in a wait of this type? */
bool wait_is_locked(const struct thread *thread, const struct spinlock *lock,
                    const struct wait_type *type);

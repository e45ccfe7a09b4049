/* SPDX-License-Identifier: MIT */
/*
 * Threads. A thread lives while a handle names it or it hasn't ended. It keeps nothing on a kernel
 * stack while it waits: everything is in here. Only who is preempted in the middle of a long operation
 * keeps a stack.
 *
 * Rules: made blocked; thread_start (or process_start, for the first) lets it run. A killed thread
 * ends itself, on its next way out of the kernel; thread_kill undoes its wait if it has one.
 */
#pragma once
#include "arch/tcb.h"
#include "kernel/base/alloc_site.h"
#include "kernel/base/kobject.h"
#include "kernel/base/koid_set.h"
#include "kernel/sched.h"
#include "kernel/timer.h"
#include "lib/container.h"
#include <j6/info.h>
#include <stddef.h>

struct process;

/* What a blocked thread waits for. */
struct wait {
    struct list_node node;          /* in object->waiters; guarded by its lock */
    struct kobject *_Atomic object; /* NULL: it waits for none */
    uint64_t mask;
    struct timer timer;
};

struct thread {
    struct kobject object;
    struct tcb tcb; /* at a constant place: thread_of_tcb */
    /* Only the thread itself */
    struct alloc_failures alloc_failures;
    /* Immutable after create */
    struct process *process;
    /* Guarded by the process's lock */
    struct koid_node process_node;
    bool started;
    struct j6_end_info end;
    /* Guarded by the run queue's lock */
    struct list_node run_node;
    enum thread_state state;
    uint32_t priority;
    /* Only the CPU that it runs on, ran on last, or is to run on */
    vaddr_t kept_stack; /* top of the kernel stack that it keeps (kernel/step.h); 0: none … */
    vaddr_t kept_sp;    /* … and where it goes on there */
    /* Atomic: set once */
    _Atomic bool killed;
    struct wait wait;
};

static inline struct thread *thread_of_tcb(struct tcb *tcb)
{
    return container_of(tcb, struct thread, tcb);
}

static inline struct thread *thread_of(struct kobject *object)
{
    return container_of(object, struct thread, object);
}

/* Are both in the user half? A stack pointer may stand at its very end. */
bool thread_may_start_at(uint64_t entry, uint64_t stack);

/*
 * Makes a thread of the process, blocked, with the registers of a start: rip entry, rsp stack, rdi
 * arg. invalid_arg (entry or stack not in the user half), bad_state (process has ended), quota,
 * no_memory. The caller gets a reference.
 */
j6_status_t thread_create(struct process *process, uint64_t entry, uint64_t stack, uint64_t arg,
                          struct thread **out_thread) J6_MUST_USE;

/* Lets it run. bad_state if it was started before, not_ready if its process wasn't. */
j6_status_t thread_start(struct thread *thread) J6_MUST_USE;

/* The running thread ends on its way out, with this code. */
void thread_exit(struct thread *thread, int64_t code);

/* Makes the thread end, wherever it is. */
void thread_kill(struct thread *thread);

/* How it ended, or that it runs. */
void thread_end_info(struct thread *thread, struct j6_end_info *out_end);

/*
 * The running thread, which was killed or has exited, ends now. The last one of a process takes it
 * down before, and may be preempted meanwhile.
 */
void thread_finish(struct thread *thread);

/* SPDX-License-Identifier: MIT */
/*
 * Threads. A thread lives while a handle names it or it hasn't ended. It keeps nothing on a kernel
 * stack while it waits: everything is in here. Only who is preempted in the middle of a long operation
 * keeps a stack.
 *
 * Rules: made blocked; thread_start (or process_start, for the first) lets it run. A killed thread
 * ends itself, on its next way out of the kernel: thread_kill undoes its wait, starts it if it never was,
 * or interrupts the CPU that runs it.
 */
#pragma once
#include "arch/tcb.h"
#include "kernel/base/alloc_site.h"
#include "kernel/base/kobject.h"
#include "kernel/base/koid_set.h"
#include "kernel/boost.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/thread_ipc.h"
#include "kernel/thread_stop.h"
#include "kernel/wait.h"
#include "lib/container.h"
#include <j6/flags.h>
#include <j6/info.h>
#include <stddef.h>

struct process;

enum { THREAD_NAME_SIZE = j6_thread_name_max + 1 };

/* A word of memory that threads wait at, and when one came there (ipc/futex.h). */
struct futex_place {
    j6_koid_t area;
    uint64_t offset;
    uint64_t serial;
};

/* What calls between threads look at comes first, so that it lies in few cache lines. */
struct thread {
    struct kobject object;
    struct tcb tcb; /* at a constant place: thread_of_tcb */
    /* Immutable after create */
    struct process *process;
    uint64_t slot; /* kernel/thread_slot.h */
    /* As its state says (kernel/sched.h) */
    enum thread_state state;
    uint32_t level;         /* how urgent it is at the moment (kernel/run_queue.h) … */
    uint32_t own_level;     /* … without boosts … */
    uint32_t last_priority; /* … and the priority that this goes by */
    int64_t turn_left;      /* ns; negative: it ran longer, since nobody else was ready */
    j6_time_t since;        /* when it became ready, or left to wait */
    struct list_node run_node;
    /* Atomic */
    _Atomic bool killed;        /* set once */
    _Atomic uint32_t priority;  /* the most urgent level by right, and PRIORITY_CONSTANT */
    _Atomic uint32_t home;      /* the CPU that it belongs to */
    _Atomic uint64_t affinity;  /* the CPUs that may run it */
    _Atomic uint64_t run_ticks; /* how long it has run … */
    _Atomic uint64_t run_base;  /* … and since when, as it were (kernel/sched_time.c) */
    struct boost boost;
    struct thread_ipc ipc;
    /* What it waits for (kernel/wait.h) */
    struct wait wait;
    struct waiter waiter;
    uint64_t waiter_clear;     /* of the signals that end the wait, those that are cleared then */
    struct spinlock wait_lock; /* guards waits for several things … */
    struct wait_many *many;    /* … such as this one */
    struct avl_node futex_node;
    struct futex_place futex_place;
    /* As its state says, as well */
    struct thread *inbox_next;
    uint32_t summoned_to; /* 1 + the CPU that its caller leaves it; 0: none */
    vaddr_t kept_stack;   /* top of the kernel stack that it keeps (kernel/step.h); 0: none … */
    vaddr_t kept_sp;      /* … and where it goes on there */
    void (*resume)(struct thread *thread); /* before it goes on in user mode (kernel/wait.h) */
    /* Atomic */
    _Atomic uint64_t foreign_entry; /* 0, or where it goes on after a call with a foreign number */
    /* Only the thread itself */
    struct alloc_failures alloc_failures;
    /* Guarded by the process's lock */
    struct koid_node process_node;
    bool started;
    struct j6_end_info end;
    struct thread_stop stop;
    char name[THREAD_NAME_SIZE];
};

static inline struct thread *thread_of_tcb(struct tcb *tcb)
{
    return container_of(tcb, struct thread, tcb);
}

static inline struct thread *thread_of(struct kobject *object)
{
    return container_of(object, struct thread, object);
}

static inline uint32_t thread_priority(const struct thread *thread)
{
    return atomic_load_explicit(&thread->priority, memory_order_relaxed) & ~PRIORITY_CONSTANT;
}

static inline bool thread_is_constant(const struct thread *thread)
{
    return atomic_load_explicit(&thread->priority, memory_order_relaxed) & PRIORITY_CONSTANT;
}

/* Are both in the user half? A stack pointer may stand at its very end. */
bool thread_may_start_at(uint64_t entry, uint64_t stack);

/* Is it in the user half, or 0? */
bool thread_may_have_tls_base(uint64_t base);

/*
 * Makes a thread of the process, blocked, with the registers of a start: rip entry, rsp stack, rdi
 * arg, and the affinity of the running thread. The caller gets a reference. invalid_arg (entry or stack not
 * in the user half), bad_state (process has ended), quota, no_memory.
 */
j6_status_t thread_create(struct process *process, uint64_t entry, uint64_t stack, uint64_t arg,
                          struct thread **out_thread) J6_MUST_USE;

/* Lets it run. bad_state if it was started before, not_ready if its process wasn't. */
j6_status_t thread_start(struct thread *thread) J6_MUST_USE;

/* The running thread ends on its way out, with this code. */
void thread_exit(struct thread *thread, int64_t code);

/* Makes the thread end, wherever it is; the code counts if nothing else ends it before. */
void thread_kill(struct thread *thread, int64_t code);

/* The same for every thread of a process that gets no new ones. Interrupts come in meanwhile. */
void thread_kill_all(struct process *process);

/* How it ended, or that it runs. */
void thread_end_info(struct thread *thread, struct j6_end_info *out_end);

/* Properties that thread_control sets. The FS base of a thread that runs is its own: bad_state. */
void thread_set_name(struct thread *thread, const char *name);
void thread_name(struct thread *thread, char out_name[THREAD_NAME_SIZE]);
j6_status_t thread_set_tls_base(struct thread *thread, uint64_t base) J6_MUST_USE;
j6_status_t thread_set_foreign_entry(struct thread *thread, uint64_t entry) J6_MUST_USE;

/* Implemented in ipc/service.c: the thread holds no calls any more; who made them waits on. */
void thread_callers_forget(struct thread *holder);

/*
 * The running thread, which was killed or has exited, ends now. The last one of a process takes it
 * down before, and may be preempted meanwhile.
 */
void thread_finish(struct thread *thread);

/* SPDX-License-Identifier: MIT */
/*
 * Processes: a space, a handle table, an account and threads. A process lives while a handle names it
 * or it hasn't ended; how it ended stays readable as long.
 *
 * Life: new (no thread has started) -> running -> ending (somebody killed it, or its last thread has
 * gone) -> ended (handles closed, space gone). Everything but the object itself is given back when
 * it ends.
 */
#pragma once
#include "kernel/base/account.h"
#include "kernel/base/kobject.h"
#include "kernel/handle.h"
#include "kernel/thread.h"
#include "mm/vm_space.h"
#include <j6/info.h>

enum { PROCESS_NAME_MAX = j6_name_size };

enum process_state { PROCESS_NEW, PROCESS_RUNNING, PROCESS_ENDING, PROCESS_ENDED };

struct process {
    struct kobject object;
    /* Immutable after create */
    char name[PROCESS_NAME_MAX];
    struct account *account; /* pays for what the process has; maybe its creator's */
    struct account *creator_account;
    j6_koid_t maker; /* the koid of the process that made it; 0: it is the kernel's own */
    bool is_init;
    bool hold_faults;       /* a fault stops its thread (kernel/thread_stop.h) */
    struct vm_space *space; /* own_space; the kernel's process: kernel_space */
    vaddr_t clock_page;     /* where it lies there */
    /* Atomic */
    _Atomic uint32_t space_users; /* who works in it from outside, and 1 until it ends */
    /* Locks of their own */
    struct vm_space own_space;
    struct handle_table handles;
    /* Guarded by lock */
    struct spinlock lock;
    enum process_state state;
    struct koid_set threads;
    struct koid_set services; /* ipc/service.h */
    struct list port_grants;  /* kernel/ports.h */
    uint32_t port_grant_count;
    uint32_t stopped; /* how many of them a fault has stopped */
    struct j6_end_info end;
    uint32_t log_tokens; /* lines that it may write at once */
    j6_time_t log_time;  /* when they were reckoned */
    /* Guarded by the lock of the list of processes */
    struct koid_node all_node;
    struct list unstarted;           /* new processes that this one made: they end with it */
    struct list_node unstarted_node; /* in its maker's list, while it is new */
    bool unused;                     /* nobody can start it any more */
    struct grace_item unused_item;
};

/*
 * The kernel as a process, in static storage: it has the kernel's space, no threads and no handles,
 * and never ends. What the kernel itself uses isn't in any account, so it pays for nothing.
 */
extern struct process kernel_process;
void process_init_kernel(struct account *root);

static inline struct process *process_of(struct kobject *object)
{
    return container_of(object, struct process, object);
}

/* The process whose thread runs on this CPU. */
static inline struct process *process_current(void)
{
    return sched_current()->process;
}

/*
 * Makes an empty process, charged to the creator's account. limits NULL: it draws on that account
 * itself. It ends with its maker if it hasn't started by then; maker NULL: the kernel. quota,
 * no_memory. The caller gets a reference.
 */
j6_status_t process_create(const char *name, struct process *maker, struct account *creator,
                           const struct j6_limits *limits,
                           struct process **out_process) J6_MUST_USE;

/* Lets the process run, beginning with this thread of it. bad_state if it has started or ended. */
j6_status_t process_start(struct process *process, struct thread *first) J6_MUST_USE;
bool process_is_new(struct process *process);

/* How it ended, or that it runs. */
void process_end_info(struct process *process, struct j6_end_info *out_end);

/* No process is limited in what it logs, from now on: for tests. */
void process_log_unlimited(void);

/* May it write another line to the log now? Counts the line. The first process always may. */
bool process_may_log(struct process *process);

/* Ends the process; *end says why. Only the first end counts. */
void process_end(struct process *process, const struct j6_end_info *end);

/*
 * Its last thread goes, or it never had one: gives back all that it has. Long, with step points. False
 * if somebody still works in its space: he does the rest.
 */
bool process_teardown(struct process *process) J6_MUST_USE;

/* Implemented in ipc/service.c: it receives nowhere any more, and replies to nobody. With step points. */
void process_services_end(struct process *process);

/* The process has been taken down and its last thread has gone: says so. */
void process_finish(struct process *process);

/*
 * Keeps the space of a process, and the memory of its handle table, from being taken down while another
 * process's thread is in a long operation on them; the last one out takes them down. False: they have
 * begun to go.
 */
bool process_space_get(struct process *process) J6_MUST_USE;
void process_space_put(struct process *process);

/*
 * The process with the smallest koid that isn't below this one, among those that haven't ended; NULL:
 * there is none. The caller gets a reference. For who lists them all, from 0 on.
 */
struct process *process_from(j6_koid_t koid);

/* The same among the threads of a process. */
struct thread *process_thread_from(struct process *process, j6_koid_t koid);

/* From now on every new process ends at once. */
void process_end_new_ones(void);

/* Ends every process but the kernel's. */
void process_end_all(void);

/* Is there a process besides the kernel's? */
bool process_any(void);

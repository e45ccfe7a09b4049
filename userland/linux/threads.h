/* SPDX-License-Identifier: MIT */
/*
 * The threads of the program, as the layer knows them. A thread is found by its koid, which costs a call of
 * the kernel: only what concerns a thread itself looks for it.
 */
#pragma once
#include "lib/avl.h"
#include "userland/linux/layer.h"

struct linux_thread {
    struct avl_node node; /* by koid */
    j6_koid_t koid;
    int32_t id;
    user_ptr_t clear_id; /* a word that is set to 0, and woken, at the thread's end; 0: none */
    uint64_t blocked;    /* signals, bit 0 is signal 1: only the thread itself looks at them … */
    uint64_t pending;    /* … and at these */
};

/* The first thread, which calls this. */
J6_MUST_USE j6_status_t threads_init(void);

/* ---- for clone and exit ------------------------------------------------------------------------- */

/* Positive, and different for all that live at the same time. */
int32_t thread_number(j6_koid_t koid);

/* Not in the list yet; NULL when there is no memory. */
struct linux_thread *thread_new(void);
void thread_free(struct linux_thread *thread);

/* By its koid. */
void thread_add(struct linux_thread *thread);

/* Frees it, too. Was it the last one? */
bool thread_remove(struct linux_thread *thread);

/* Its system calls are the layer's from now on. */
void thread_serve(j6_handle_t thread);

/* ---- for all ------------------------------------------------------------------------------------ */

/* The calling thread. */
struct linux_thread *thread_self(void);

/* Is there such a thread? */
bool thread_exists(int32_t id);

/* The process's number, which is its first thread's too. */
int32_t process_id(void);

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

/* The calling thread. */
struct linux_thread *thread_self(void);

/* Is there such a thread? */
bool thread_exists(int32_t id);

/* The process's number, which is its first thread's too. */
int32_t process_id(void);

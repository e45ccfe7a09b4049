/* SPDX-License-Identifier: MIT */
/* Properties of threads that others may set (thread.h). */
#include "arch/arch.h"
#include "kernel/process.h"
#include "lib/string.h"

bool thread_may_have_tls_base(uint64_t base)
{
    return base == 0 || (base >= USER_START && base < USER_END);
}

void thread_set_name(struct thread *thread, const char *name)
{
    spinlock_lock(&thread->process->lock);
    string_copy(thread->name, sizeof(thread->name), name);
    spinlock_unlock(&thread->process->lock);
}

void thread_name(struct thread *thread, char out_name[THREAD_NAME_SIZE])
{
    spinlock_lock(&thread->process->lock);
    string_copy(out_name, THREAD_NAME_SIZE, thread->name);
    spinlock_unlock(&thread->process->lock);
}

/* A thread that has started may load its FS base on some CPU at any moment, or set it itself. */
static bool set_tls_base_of_other_locked(struct thread *thread, uint64_t base)
{
    if (thread->stop.stopped) {
        thread->stop.fs_base = base;
    } else if (!thread->started) {
        thread->tcb.fs_base = base;
    } else {
        return false;
    }
    return true;
}

j6_status_t thread_set_tls_base(struct thread *thread, uint64_t base)
{
    if (!thread_may_have_tls_base(base)) {
        return j6_err_invalid_arg;
    }
    if (thread == sched_current()) {
        tcb_set_fs_base(&thread->tcb, base);
        return j6_status_ok;
    }
    spinlock_lock(&thread->process->lock);
    bool set = set_tls_base_of_other_locked(thread, base);
    spinlock_unlock(&thread->process->lock);
    return set ? j6_status_ok : j6_err_bad_state;
}

/* Relaxed: the thread takes the word as it finds it, now or at its next call. */
j6_status_t thread_set_foreign_entry(struct thread *thread, uint64_t entry)
{
    if (entry != 0 && (entry < USER_START || entry >= USER_END)) {
        return j6_err_invalid_arg;
    }
    atomic_store_explicit(&thread->foreign_entry, entry, memory_order_relaxed);
    return j6_status_ok;
}

/* SPDX-License-Identifier: MIT */
/*
 * Threads of this process. A thread can't give back the stack that it stands on, so whoever joins
 * it does. What the thread is to run lies at the top of its stack.
 */
#include "userland/lib/stack.h"
#include <j6/j6.h>

/* A multiple of 16 bytes, so that the stack below is aligned as a function's caller leaves it. */
struct task {
    int64_t (*run)(void *arg);
    void *arg;
};

_Static_assert(sizeof(struct task) % 16 == 0, "the stack below a task is aligned");

static noreturn void thread_main(struct task *task)
{
    j6_thread_exit(task->run(task->arg));
    __builtin_unreachable();
}

j6_status_t j6_thread_run(struct j6_thread *out_thread, int64_t (*run)(void *arg), void *arg,
                          size_t stack_size)
{
    struct stack stack;
    j6_status_t status = stack_map(j6_handle_self_process, stack_size, &stack);
    if (status != j6_status_ok) {
        return status;
    }
    struct task *task = (struct task *)(stack.base + stack.size) - 1;
    *task = (struct task){.run = run, .arg = arg};

    struct j6_thread thread = {.stack_area = stack.area, .stack_base = stack.base};
    uint64_t return_address = (uint64_t)task - sizeof(uint64_t); /* 0: a fresh page */
    status = j6_thread_create(j6_handle_self_process, (uint64_t)thread_main, return_address,
                              (uint64_t)task, 0, &thread.handle);
    if (status != j6_status_ok) {
        goto unmap_stack;
    }
    status = j6_thread_start(thread.handle);
    if (status != j6_status_ok) {
        goto close_thread;
    }
    *out_thread = thread;
    return j6_status_ok;

close_thread:
    j6_handle_close(thread.handle);
unmap_stack:
    stack_unmap(stack.area, stack.base);
    return status;
}

j6_status_t j6_thread_join(struct j6_thread *thread, int64_t *out_code)
{
    struct j6_end_info end;
    j6_status_t status = j6_wait_end(thread->handle, &end);
    if (status != j6_status_ok) {
        return status;
    }
    stack_unmap(thread->stack_area, thread->stack_base);
    j6_handle_close(thread->handle);
    if (out_code) {
        *out_code = end.code;
    }
    return j6_status_ok;
}

/* SPDX-License-Identifier: MIT */
/*
 * Threads of this process. A thread can't give back the stack that it stands on, so whoever joins
 * it does. Its thread-local variables, and what it is to run, lie above its stack.
 */
#include "userland/lib/stack.h"
#include "userland/lib/tls.h"
#include <j6/j6.h>

static noreturn void thread_main(struct tls_end *end)
{
    tls_use(end);
    j6_thread_exit(end->run(end->arg));
    __builtin_unreachable();
}

j6_status_t j6_thread_run(struct j6_thread *out_thread, int64_t (*run)(void *arg), void *arg,
                          size_t stack_size)
{
    struct stack stack;
    size_t size;
    if (stack_size == 0 || __builtin_add_overflow(stack_size, tls_size(), &size)) {
        return j6_err_out_of_range;
    }
    j6_status_t status = stack_map(j6_handle_self_process, size, &stack);
    if (status != j6_status_ok) {
        return status;
    }
    uint64_t top = stack.base + stack.size - tls_size(); /* a multiple of 16 */
    struct tls_end *end = tls_make((void *)top);
    end->run = run;
    end->arg = arg;

    struct j6_thread thread = {.stack_area = stack.area, .stack_base = stack.base};
    uint64_t return_address = top - sizeof(uint64_t); /* 0: a fresh page */
    status = j6_thread_create(j6_handle_self_process, (uint64_t)thread_main, return_address,
                              (uint64_t)end, 0, &thread.handle);
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

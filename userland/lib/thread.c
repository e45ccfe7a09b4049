/* SPDX-License-Identifier: MIT */
/*
 * Threads of this process. A thread can't give back the stack that it stands on, so whoever joins
 * it does. Its thread-local variables, and what it is to run, lie above its stack.
 */
#include "lib/string.h"
#include "userland/lib/stack_cache.h"
#include "userland/lib/tls.h"
#include <j6/j6.h>

static noreturn void thread_main(struct tls_end *end)
{
    tls_use(end);
    j6_thread_exit(end->run(end->arg));
    __builtin_unreachable();
}

/* With room for `size` bytes below its thread-local variables. */
static j6_status_t stack_make(size_t size, struct stack *out_stack)
{
    size_t whole;
    if (size == 0 || __builtin_add_overflow(size, tls_size(), &whole) || whole > STACK_SIZE_MAX) {
        return j6_err_out_of_range;
    }
    bool cached = stack_cache_take(stack_mapped_size(whole), out_stack);
    return cached ? j6_status_ok : stack_map(j6_handle_self_process, whole, out_stack);
}

static void stack_drop(const struct stack *stack)
{
    if (!stack_cache_keep(stack)) {
        stack_unmap(stack->area, stack->base);
    }
}

/* Where a thread's own stack ends, and its variables begin. A multiple of 16. */
static uint64_t top_of(const struct stack *stack)
{
    return stack->base + stack->size - tls_size();
}

/* All that the thread finds: its variables, what it is to run, and 0 as its return address. */
static struct tls_end *stack_fill(const struct stack *stack, int64_t (*run)(void *arg), void *arg)
{
    uint64_t top = top_of(stack);
    memset((void *)(top - sizeof(uint64_t)), 0, sizeof(uint64_t) + tls_size());
    struct tls_end *end = tls_make((void *)top);
    end->run = run;
    end->arg = arg;
    return end;
}

j6_status_t j6_thread_run(struct j6_thread *out_thread, int64_t (*run)(void *arg), void *arg,
                          size_t stack_size)
{
    struct stack stack;
    j6_status_t status = stack_make(stack_size, &stack);
    if (status != j6_status_ok) {
        return status;
    }
    const struct tls_end *end = stack_fill(&stack, run, arg);
    struct j6_thread thread = {
        .stack_area = stack.area, .stack_base = stack.base, .stack_size = stack.size};
    status = j6_thread_create(j6_handle_self_process, (uint64_t)thread_main,
                              top_of(&stack) - sizeof(uint64_t), (uint64_t)end, 0, &thread.handle);
    if (status != j6_status_ok) {
        goto drop_stack;
    }
    status = j6_thread_start(thread.handle);
    if (status != j6_status_ok) {
        goto close_thread;
    }
    *out_thread = thread;
    return j6_status_ok;

close_thread:
    j6_handle_close(thread.handle);
drop_stack:
    stack_drop(&stack);
    return status;
}

/* Its exit code is asked for only where somebody wants it. */
static j6_status_t wait_for(const struct j6_thread *thread, int64_t *out_code)
{
    if (out_code == NULL) {
        return j6_object_wait(thread->handle, j6_signal_closed, NULL, j6_deadline_never);
    }
    struct j6_end_info end;
    j6_status_t status = j6_wait_end(thread->handle, &end);
    if (status == j6_status_ok) {
        *out_code = end.code;
    }
    return status;
}

j6_status_t j6_thread_join(struct j6_thread *thread, int64_t *out_code)
{
    j6_status_t status = wait_for(thread, out_code);
    if (status != j6_status_ok) {
        return status;
    }
    stack_drop(&(struct stack){thread->stack_area, thread->stack_base, thread->stack_size});
    j6_handle_close(thread->handle);
    return j6_status_ok;
}

/* SPDX-License-Identifier: MIT */
/*
 * clone: makes a thread that returns from the same call on another stack. It begins in layer_child
 * (entry.asm), on a stack of the layer's that holds its maker's registers.
 */
#include "userland/linux/calls.h"
#include "userland/linux/stacks.h"
#include "userland/linux/threads.h"
#include <asm/unistd_64.h>
#include <linux/sched.h>

void layer_child(void);

/* What a thread can't have of its own, since there is one process. */
static const uint64_t CLONE_THREAD_FLAGS =
    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
static const uint64_t CLONE_OTHER_FLAGS = CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                                          CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID |
                                          CLONE_DETACHED;

/* What clone was asked for. */
struct request {
    uint64_t flags;
    uint64_t stack;
    user_ptr_t parent_id;
    user_ptr_t child_id;
    uint64_t tls;
};

static int64_t check(const struct request *request)
{
    uint64_t flags = request->flags & ~(uint64_t)CSIGNAL;
    if ((flags & CLONE_THREAD_FLAGS) != CLONE_THREAD_FLAGS) {
        return call_not_served(__NR_clone, " for processes");
    }
    return flags & ~(CLONE_THREAD_FLAGS | CLONE_OTHER_FLAGS) || request->stack == 0 ? -EINVAL : 0;
}

/* A thread that begins by returning from this call, and hasn't been started. */
static j6_status_t create(const struct frame *parent, const struct request *request,
                          struct frame *child, j6_handle_t *out_handle)
{
    uint64_t busy = child->busy;
    *child = *parent;
    child->rsp = request->stack;
    child->busy = busy;
    j6_handle_t handle;
    j6_status_t status = j6_thread_create(j6_handle_self_process, (uint64_t)layer_child,
                                          (uint64_t)child, 0, 0, &handle);
    if (status != j6_status_ok) {
        return status;
    }
    thread_serve(handle);
    if (request->flags & CLONE_SETTLS) {
        status =
            j6_thread_control(handle, j6_control_tls_base, &request->tls, sizeof(request->tls));
    }
    if (status != j6_status_ok) {
        j6_thread_kill(handle, 0);
        j6_handle_close(handle);
        return status;
    }
    *out_handle = handle;
    return j6_status_ok;
}

/* Linux doesn't look either whether the words can be written. */
static void tell_ids(const struct request *request, struct linux_thread *thread)
{
    int64_t told = 0;
    if (request->flags & CLONE_PARENT_SETTID) {
        told = user_write(request->parent_id, &thread->id, sizeof(thread->id));
    }
    if (request->flags & CLONE_CHILD_SETTID) {
        told = user_write(request->child_id, &thread->id, sizeof(thread->id));
    }
    if (request->flags & CLONE_CHILD_CLEARTID) {
        thread->clear_id = request->child_id;
    }
    (void)told;
}

static int64_t start(const struct frame *parent, const struct request *request,
                     struct linux_thread *thread)
{
    j6_handle_t handle;
    struct frame *child = stacks_take();
    j6_status_t status = create(parent, request, child, &handle);
    if (status != j6_status_ok) {
        stacks_drop(child);
        return status == j6_err_invalid_arg ? -EPERM : -EAGAIN;
    }
    j6_object_koid(handle, &thread->koid);
    thread->id = thread_number(thread->koid);
    int64_t id = thread->id;
    tell_ids(request, thread);
    thread_add(thread);
    j6_thread_start(handle);
    j6_handle_close(handle);
    return id;
}

int64_t linux_clone(struct frame *frame)
{
    const struct request request = {frame->rdi, frame->rsi, frame->rdx, frame->r10, frame->r8};
    int64_t error = check(&request);
    if (error != 0) {
        return error;
    }
    const struct linux_thread *self = thread_self();
    struct linux_thread *thread = thread_new();
    if (thread == NULL) {
        return -EAGAIN;
    }
    thread->blocked = self->blocked;
    int64_t result = -EAGAIN;
    if (stacks_add_thread() == j6_status_ok) {
        result = start(frame, &request, thread);
        if (result < 0) {
            stacks_remove_thread();
        }
    }
    if (result < 0) {
        thread_free(thread);
    }
    return result;
}

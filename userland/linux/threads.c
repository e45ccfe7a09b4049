/* SPDX-License-Identifier: MIT */
/* clone makes threads, exit ends them; and what a thread is to itself. */
#include "userland/linux/threads.h"
#include "lib/container.h"
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/pool.h"
#include "userland/linux/stacks.h"
#include <asm/prctl.h>
#include <j6/sync.h>
#include <linux/sched.h>

void layer_child(void);
void layer_entry(void);
noreturn void layer_leave(struct frame *frame, int64_t code, uint64_t thread_exit);

/* The number of thread_exit, for who can't use a stack any more. */
enum {
#define J6_CALL(number, name, ...) NUMBER_##name = J6_CALL_BASE + (number),
#define J6_LATER                   J6_CALL
#define J6_OP(...)
#include <j6/syscalls.def>
#undef J6_CALL
#undef J6_LATER
#undef J6_OP
};

/* What a thread can't have of its own, since there is one process. */
static const uint64_t CLONE_THREAD_FLAGS =
    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
static const uint64_t CLONE_OTHER_FLAGS = CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                                          CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID |
                                          CLONE_DETACHED;

static struct {
    struct j6_mutex lock; /* of the tree and the pool */
    struct avl_tree tree;
    struct pool pool;
    int32_t process_id;
} threads = {.pool.size = sizeof(struct linux_thread)};

/* Positive, and different for all that live at the same time. */
static int32_t number_of(j6_koid_t koid)
{
    return (int32_t)(koid & INT32_MAX >> 1);
}

int32_t process_id(void)
{
    return threads.process_id;
}

static struct linux_thread *thread_new(void)
{
    j6_mutex_lock(&threads.lock);
    struct linux_thread *thread = pool_take(&threads.pool);
    j6_mutex_unlock(&threads.lock);
    return thread;
}

static int compare(const void *key, const struct avl_node *node)
{
    j6_koid_t koid = *(const j6_koid_t *)key;
    j6_koid_t other = container_of(node, struct linux_thread, node)->koid;
    return koid < other ? -1 : koid > other;
}

static void thread_add(struct linux_thread *thread)
{
    j6_mutex_lock(&threads.lock);
    avl_insert(&threads.tree, &thread->node, &thread->koid, compare);
    j6_mutex_unlock(&threads.lock);
}

static struct linux_thread *thread_find(j6_koid_t koid)
{
    j6_mutex_lock(&threads.lock);
    struct avl_node *node = threads.tree.root;
    int order;
    while (node != NULL && (order = compare(&koid, node)) != 0) {
        node = node->child[order > 0];
    }
    j6_mutex_unlock(&threads.lock);
    return node != NULL ? container_of(node, struct linux_thread, node) : NULL;
}

static void thread_free(struct linux_thread *thread)
{
    j6_mutex_lock(&threads.lock);
    pool_give(&threads.pool, thread);
    j6_mutex_unlock(&threads.lock);
}

/* Was it the last one? */
static bool thread_remove(struct linux_thread *thread)
{
    j6_mutex_lock(&threads.lock);
    avl_remove(&threads.tree, &thread->node);
    pool_give(&threads.pool, thread);
    bool last = threads.tree.root == NULL;
    j6_mutex_unlock(&threads.lock);
    return last;
}

static void entry_set(j6_handle_t thread)
{
    const uint64_t entry = (uint64_t)layer_entry;
    j6_thread_control(thread, j6_control_foreign_call, &entry, sizeof(entry));
}

j6_status_t threads_init(void)
{
    j6_koid_t koid;
    struct linux_thread *first = thread_new();
    if (first == NULL) {
        return j6_err_no_memory;
    }
    j6_object_koid(j6_handle_self_process, &koid);
    threads.process_id = number_of(koid);
    j6_object_koid(j6_handle_self_thread, &first->koid);
    first->id = threads.process_id;
    thread_add(first);
    entry_set(j6_handle_self_thread);
    return j6_status_ok;
}

struct linux_thread *thread_self(void)
{
    j6_koid_t koid = 0;
    j6_object_koid(j6_handle_self_thread, &koid);
    return thread_find(koid);
}

bool thread_exists(int32_t id)
{
    j6_koid_t koid = (j6_koid_t)j6_type_thread << j6_handle_type_shift | (uint32_t)id;
    return id == threads.process_id || thread_find(koid) != NULL;
}

/* ---- clone ------------------------------------------------------------------------------------ */

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
        return -ENOSYS;
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
    entry_set(handle);
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
    thread->id = number_of(thread->koid);
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

/* ---- exit ------------------------------------------------------------------------------------- */

/* Who waits for the thread may take its stack away as soon as the word is 0. */
int64_t linux_exit(struct frame *frame)
{
    struct linux_thread *self = thread_self();
    user_ptr_t word = self->clear_id;
    bool last = thread_remove(self);
    if (word != 0) {
        const uint32_t zero = 0;
        if (user_write(word, &zero, sizeof(zero)) == 0) {
            j6_futex_wake((const uint32_t *)word, 1);
        }
    }
    if (last) {
        descriptors_flush();
    }
    layer_leave(frame, (int64_t)(frame->rdi & 255), NUMBER_thread_exit);
}

int64_t linux_exit_group(int code)
{
    descriptors_flush();
    return (int64_t)j6_process_exit(code & 255);
}

/* ---- what a thread is to itself ----------------------------------------------------------------- */

int64_t linux_set_tid_address(user_ptr_t word)
{
    struct linux_thread *self = thread_self();
    self->clear_id = word;
    return self->id;
}

int64_t linux_gettid(void)
{
    return thread_self()->id;
}

/* There is no way to ask for the FS base where the CPU has no instruction for it. */
static int64_t tell_fs_base(user_ptr_t place)
{
    uint64_t base;
    if (!(j6_clock_page()->cpu_features & j6_cpu_fsgsbase)) {
        return -EINVAL;
    }
    __asm__ volatile("rdfsbase %0" : "=r"(base));
    return user_write(place, &base, sizeof(base));
}

int64_t linux_arch_prctl(int what, uint64_t value)
{
    if (what == ARCH_SET_FS) {
        j6_status_t status =
            j6_thread_control(j6_handle_self_thread, j6_control_tls_base, &value, sizeof(value));
        return status == j6_err_invalid_arg ? -EPERM : linux_error(status);
    }
    return what == ARCH_GET_FS ? tell_fs_base(value) : -EINVAL;
}

/* SPDX-License-Identifier: MIT */
/* The list of threads, and what a thread is to itself. */
#include "userland/linux/threads.h"
#include "lib/container.h"
#include "userland/linux/calls.h"
#include "userland/linux/pool.h"
#include <asm/prctl.h>
#include <j6/sync.h>

void layer_entry(void);

static struct {
    struct j6_mutex lock; /* of the tree and the pool */
    struct avl_tree tree;
    struct pool pool;
    int32_t process_id;
} threads = {.pool.size = sizeof(struct linux_thread)};

int32_t thread_number(j6_koid_t koid)
{
    return (int32_t)(koid & INT32_MAX >> 1);
}

int32_t process_id(void)
{
    return threads.process_id;
}

struct linux_thread *thread_new(void)
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

void thread_add(struct linux_thread *thread)
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

void thread_free(struct linux_thread *thread)
{
    j6_mutex_lock(&threads.lock);
    pool_give(&threads.pool, thread);
    j6_mutex_unlock(&threads.lock);
}

bool thread_remove(struct linux_thread *thread)
{
    j6_mutex_lock(&threads.lock);
    avl_remove(&threads.tree, &thread->node);
    pool_give(&threads.pool, thread);
    bool last = threads.tree.root == NULL;
    j6_mutex_unlock(&threads.lock);
    return last;
}

void thread_serve(j6_handle_t thread)
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
    threads.process_id = thread_number(koid);
    j6_object_koid(j6_handle_self_thread, &first->koid);
    first->id = threads.process_id;
    thread_add(first);
    thread_serve(j6_handle_self_thread);
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

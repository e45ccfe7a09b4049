/* SPDX-License-Identifier: MIT */
/* Lives and deaths of processes. */
#include "kernel/process.h"
#include "arch/arch.h"
#include "kernel/clock.h"
#include "kernel/ports.h"
#include "kernel/power.h"
#include "kernel/signal.h"
#include "lib/string.h"
#include "mm/slab.h"
#include <j6/info.h>

enum {
    LOG_BURST = 200,       /* lines that a process may write at once … */
    LOG_LINE_NS = 5000000, /* … and how long it takes to earn another */
};

SLAB_CACHE(process_cache, "process", struct process);
SLAB_CACHE(account_cache, "account", struct account);

#define ACCOUNT_COST SLAB_COST(sizeof(struct account))

static struct {
    struct spinlock lock;
    struct koid_set set; /* those that haven't ended */
    bool ending;         /* new ones end at once */
} processes = {.lock = SPINLOCK_INIT(RANK_PROCESS_LIST)};

static bool log_unlimited; /* immutable after boot */

struct process kernel_process = {
    .name = "kernel",
    .space = &kernel_space,
    .space_users = 1,
    .lock = SPINLOCK_INIT(RANK_PROCESS),
    .state = PROCESS_RUNNING,
    .unstarted = LIST_INITIALIZER(kernel_process.unstarted),
};

static void end_unused(struct grace_item *item)
{
    struct process *process = container_of(item, struct process, unused_item);
    process_end(process, &(struct j6_end_info){.reason = j6_reason_killed});
    kobject_put(&process->object);
}

/*
 * Nobody can start it any more. It ends later, not here: its own handles may be the last ones of other
 * new processes, and those hold others, so ending them from within each other would need a stack as
 * deep as that chain is long.
 */
static void end_later_locked(struct process *process)
{
    if (!process->unused) {
        process->unused = true;
        kobject_get(&process->object);
        grace_defer(&process->unused_item, end_unused);
    }
}

static void last_handle(struct kobject *object)
{
    struct process *process = process_of(object);
    spinlock_lock(&processes.lock);
    if (process_is_new(process)) {
        end_later_locked(process);
    }
    spinlock_unlock(&processes.lock);
}

static void free_process(struct kobject *object)
{
    struct process *process = process_of(object);
    account_put(process->account);
    account_put(process->creator_account);
    slab_free(&process_cache, process);
}

static const struct kobject_type process_type = {
    .name = "process",
    .number = j6_type_process,
    .rank = RANK_OBJECT,
    .size = SLAB_COST(sizeof(struct process)),
    .last_handle = last_handle,
    .free = free_process,
};

/* Charged to the account that it was cut out of, which it keeps a reference to. */
static void account_free(struct account *account)
{
    account_uncharge(account->parent, ACCOUNT_MEMORY, ACCOUNT_COST);
    slab_free(&account_cache, account);
}

static j6_status_t account_create(struct account *creator, const struct j6_limits *limits,
                                  struct account **out_account)
{
    j6_status_t status = account_charge(creator, ACCOUNT_MEMORY, ACCOUNT_COST);
    if (status != j6_status_ok) {
        return status;
    }
    struct account *account = slab_alloc(&account_cache);
    status = account != NULL ? account_init_child(account, creator, limits, account_free)
                             : j6_err_no_memory;
    if (status == j6_status_ok) {
        *out_account = account;
        return status;
    }
    if (account != NULL) {
        slab_free(&account_cache, account);
    }
    account_uncharge(creator, ACCOUNT_MEMORY, ACCOUNT_COST);
    return status;
}

/* The account that the process uses: its own, cut out of the creator's, or the creator's. */
static j6_status_t account_open(struct process *process, struct account *creator,
                                const struct j6_limits *limits)
{
    process->creator_account = creator;
    process->account = creator;
    if (limits != NULL) {
        j6_status_t status = account_create(creator, limits, &process->account);
        if (status != j6_status_ok) {
            return status;
        }
    } else {
        account_get(creator);
    }
    account_get(creator);
    account_join(process->account);
    return j6_status_ok;
}

static void process_list(struct process *process, struct process *maker)
{
    spinlock_lock(&processes.lock);
    koid_set_add(&processes.set, &process->all_node, process->object.koid);
    if (maker != NULL) {
        list_push_back(&maker->unstarted, &process->unstarted_node);
    }
    if (processes.ending) {
        end_later_locked(process);
    }
    spinlock_unlock(&processes.lock);
}

/* It is no longer new: its maker has nothing to do with it any more. */
static void unlist_new_locked(struct process *process)
{
    if (list_is_linked(&process->unstarted_node)) {
        list_remove(&process->unstarted_node);
    }
}

/* What it made and never started may be known to itself alone: nobody else would ever end that. */
static void process_unlist(struct process *process)
{
    struct process *child;
    spinlock_lock(&processes.lock);
    unlist_new_locked(process);
    koid_set_remove(&processes.set, &process->all_node);
    list_for_each_entry_safe(child, &process->unstarted, unstarted_node) {
        list_remove(&child->unstarted_node);
        end_later_locked(child);
    }
    spinlock_unlock(&processes.lock);
}

/* The parts, in this order; what fails undoes what came before. */
static j6_status_t process_init(struct process *process, struct account *creator,
                                const struct j6_limits *limits)
{
    j6_status_t status = account_open(process, creator, limits);
    if (status != j6_status_ok) {
        return status;
    }
    process->space = &process->own_space;
    status = vm_space_init(process->space, process->account);
    if (status != j6_status_ok) {
        goto undo_account;
    }
    status = clock_map_page(process->space, &process->clock_page);
    if (status != j6_status_ok) {
        goto undo_space;
    }
    handle_table_init(&process->handles, process->account);
    spinlock_init(&process->lock, RANK_PROCESS);
    list_init(&process->unstarted);
    list_init(&process->port_grants);
    status = kobject_init(&process->object, &process_type, creator);
    if (status == j6_status_ok) {
        return status;
    }
undo_space:
    vm_space_destroy(process->space);
undo_account:
    account_leave(process->account);
    account_put(process->account);
    account_put(creator);
    return status;
}

j6_status_t process_create(const char *name, struct process *maker, struct account *creator,
                           const struct j6_limits *limits, struct process **out_process)
{
    j6_status_t status = account_charge(creator, ACCOUNT_PROCESSES, 1);
    if (status != j6_status_ok) {
        return status;
    }
    struct process *process = slab_alloc_zeroed(&process_cache);
    status = process != NULL ? process_init(process, creator, limits) : j6_err_no_memory;
    if (status != j6_status_ok) {
        if (process != NULL) {
            slab_free(&process_cache, process);
        }
        account_uncharge(creator, ACCOUNT_PROCESSES, 1);
        return status;
    }
    string_copy(process->name, sizeof(process->name), name);
    process->maker = maker != NULL ? maker->object.koid : kernel_process.object.koid;
    process->log_tokens = LOG_BURST;
    atomic_init(&process->space_users, 1); /* until it ends */
    kobject_get(&process->object);         /* one for the caller, one until it has ended */
    process_list(process, maker);
    *out_process = process;
    return j6_status_ok;
}

void process_init_kernel(struct account *root)
{
    j6_status_t status = kobject_init(&kernel_process.object, &process_type, root);
    assert(status == j6_status_ok);
    kernel_process.account = root;
    kernel_process.creator_account = root;
    handle_table_init(&kernel_process.handles, root);
    handle_table_close(&kernel_process.handles);
    process_list(&kernel_process, NULL);
}

static bool begin_running(struct process *process)
{
    spinlock_lock(&process->lock);
    bool new = process->state == PROCESS_NEW;
    if (new) {
        process->state = PROCESS_RUNNING;
    }
    spinlock_unlock(&process->lock);
    return new;
}

/* Under the list's lock: whoever would end it, since nobody can start it any more, comes before or after. */
j6_status_t process_start(struct process *process, struct thread *first)
{
    spinlock_lock(&processes.lock);
    bool starts = !process->unused && begin_running(process);
    if (starts) {
        unlist_new_locked(process);
    }
    spinlock_unlock(&processes.lock);
    return starts ? thread_start(first) : j6_err_bad_state;
}

bool process_is_new(struct process *process)
{
    spinlock_lock(&process->lock);
    bool new = process->state == PROCESS_NEW;
    spinlock_unlock(&process->lock);
    return new;
}

void process_end_info(struct process *process, struct j6_end_info *out_end)
{
    spinlock_lock(&process->lock);
    *out_end = process->state == PROCESS_ENDED ? process->end : (struct j6_end_info){0};
    spinlock_unlock(&process->lock);
}

void process_log_unlimited(void)
{
    log_unlimited = true;
}

bool process_may_log(struct process *process)
{
    if (log_unlimited || process->is_init) {
        return true;
    }
    spinlock_lock(&process->lock);
    j6_time_t now = clock_now();
    uint64_t earned = (now - process->log_time) / LOG_LINE_NS;
    if (earned > 0) {
        process->log_tokens = earned + process->log_tokens > LOG_BURST
                                  ? LOG_BURST
                                  : process->log_tokens + (uint32_t)earned;
        process->log_time = now;
    }
    bool may = process->log_tokens > 0;
    if (may) {
        process->log_tokens--;
    }
    spinlock_unlock(&process->lock);
    return may;
}

void process_end(struct process *process, const struct j6_end_info *end)
{
    assert(process != &kernel_process);
    spinlock_lock(&process->lock);
    if (process->state >= PROCESS_ENDING) {
        spinlock_unlock(&process->lock);
        return;
    }
    process->state = PROCESS_ENDING;
    process->end = *end;
    bool empty = process->threads.count == 0; /* else the last thread takes it down */
    spinlock_unlock(&process->lock);
    thread_kill_all(process);
    if (empty && process_teardown(process)) {
        process_finish(process);
    }
}

bool process_space_get(struct process *process)
{
    uint32_t users = atomic_load_explicit(&process->space_users, memory_order_relaxed);
    while (users != 0 &&
           !atomic_compare_exchange_weak_explicit(&process->space_users, &users, users + 1,
                                                  memory_order_relaxed, memory_order_relaxed)) {}
    return users != 0;
}

/* True if nobody works in the process any more; space and handle table are gone then. */
static bool space_leave(struct process *process)
{
    /* acq_rel: what others did in the space before they left is seen by who takes it down. */
    if (atomic_fetch_sub_explicit(&process->space_users, 1, memory_order_acq_rel) != 1) {
        return false;
    }
    handle_table_destroy(&process->handles);
    vm_space_destroy(process->space);
    return true;
}

void process_space_put(struct process *process)
{
    if (space_leave(process)) {
        process_finish(process);
    }
}

bool process_teardown(struct process *process)
{
    ports_end(process);
    process_services_end(process);
    handle_table_close(&process->handles);
    return space_leave(process);
}

void process_finish(struct process *process)
{
    account_leave(process->account);
    account_uncharge(process->creator_account, ACCOUNT_PROCESSES, 1);
    process_unlist(process);
    spinlock_lock(&process->lock);
    process->state = PROCESS_ENDED;
    spinlock_unlock(&process->lock);
    kobject_signal(&process->object, 0, j6_signal_closed);
    if (process->is_init) {
        power_init_ended(&process->end);
    }
    kobject_put(&process->object);
}

static struct process *process_of_node(struct koid_node *node)
{
    return container_of(node, struct process, all_node);
}

struct process *process_from(j6_koid_t koid)
{
    struct process *process = NULL;
    spinlock_lock(&processes.lock);
    struct koid_node *node = koid_set_from(&processes.set, koid);
    if (node != NULL) {
        process = process_of_node(node);
        kobject_get(&process->object);
    }
    spinlock_unlock(&processes.lock);
    return process;
}

struct thread *process_thread_from(struct process *process, j6_koid_t koid)
{
    struct thread *thread = NULL;
    spinlock_lock(&process->lock);
    struct koid_node *node = koid_set_from(&process->threads, koid);
    if (node != NULL) {
        thread = container_of(node, struct thread, process_node);
        kobject_get(&thread->object);
    }
    spinlock_unlock(&process->lock);
    return thread;
}

static struct process *any_running(void)
{
    struct process *found = NULL;
    spinlock_lock(&processes.lock);
    struct koid_node *node = koid_set_from(&processes.set, 0);
    for (; node != NULL && found == NULL; node = koid_set_next(node)) {
        struct process *process = process_of_node(node);
        if (process != &kernel_process && process->state < PROCESS_ENDING) {
            found = process;
            kobject_get(&process->object);
        }
    }
    spinlock_unlock(&processes.lock);
    return found;
}

void process_end_new_ones(void)
{
    spinlock_lock(&processes.lock);
    processes.ending = true;
    spinlock_unlock(&processes.lock);
}

void process_end_all(void)
{
    struct process *process;
    while ((process = any_running()) != NULL) {
        process_end(process, &(struct j6_end_info){.reason = j6_reason_killed});
        kobject_put(&process->object);
    }
}

bool process_any(void)
{
    spinlock_lock(&processes.lock);
    bool any = processes.set.count > 1; /* the kernel's never ends */
    spinlock_unlock(&processes.lock);
    return any;
}

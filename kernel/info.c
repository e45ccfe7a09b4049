/* SPDX-License-Identifier: MIT */
/* Rows as described in info.h. */
#include "kernel/info.h"
#include "arch/cpu.h"
#include "arch/upcall.h"
#include "kernel/base/cpu_counts.h"
#include "lib/string.h"
#include "mm/vm_info.h"
#include <j6/handle.h>

enum { STEP_MAPPINGS = 16 }; /* counted between two step points */

void account_info(struct account *account, struct j6_account_info *out_info)
{
    uint64_t left[ACCOUNT_KINDS];
    account_left(account, left);
    *out_info = (struct j6_account_info){
        .memory = left[ACCOUNT_MEMORY],
        .handles = left[ACCOUNT_HANDLES],
        .threads = left[ACCOUNT_THREADS],
        .processes = left[ACCOUNT_PROCESSES],
    };
}

static void count_mappings(struct process *process, struct j6_process_info *row)
{
    struct j6_mapping_info mapping;
    vaddr_t from = 0;
    if (process == &kernel_process || !process_space_get(process)) {
        return;
    }
    row->tables = process->space->table.tables;
    while (vm_space_info(process->space, &from, &mapping)) {
        row->mappings++;
        row->pages += mapping.pages;
        if (row->mappings % STEP_MAPPINGS == 0 && !kernel_step_point()) {
            break;
        }
    }
    process_space_put(process);
}

void process_info(struct process *process, struct j6_process_info *out_row)
{
    static const uint8_t states[] = {
        [PROCESS_NEW] = j6_process_state_new,
        [PROCESS_RUNNING] = j6_process_state_running,
        [PROCESS_ENDING] = j6_process_state_ending,
        [PROCESS_ENDED] = j6_process_state_ending, /* since it was found */
    };
    *out_row = (struct j6_process_info){
        .row_size = sizeof(*out_row),
        .koid = process->object.koid,
        .maker = process->maker,
        .handles = handle_table_used(&process->handles),
        .limited = process->account != process->creator_account || process == &kernel_process,
    };
    memcpy(out_row->name, process->name, sizeof(out_row->name));
    account_info(process->account, &out_row->left);
    spinlock_lock(&process->lock);
    out_row->state = states[process->state];
    out_row->threads = process->threads.count;
    spinlock_unlock(&process->lock);
    count_mappings(process, out_row);
}

/* A wait that ends or begins meanwhile may be told as a mixture of both: each word is one of theirs. */
static void wait_info(struct thread *thread, struct j6_thread_info *row)
{
    const struct spinlock *lock = atomic_load_explicit(&thread->wait.lock, memory_order_acquire);
    if (lock != NULL) {
        row->wait = __atomic_load_n(&thread->wait.type, __ATOMIC_RELAXED)->kind;
        row->wait_koid = lock->rank == RANK_ENDPOINT
                             ? container_of(lock, const struct kobject, lock)->koid
                             : atomic_load_explicit(&thread->wait.target, memory_order_relaxed);
    } else if (!__atomic_load_n(&thread->started, __ATOMIC_RELAXED)) {
        row->wait = j6_wait_start;
    }
}

/* Without the locks that guard its parts: each of them is a word. */
void thread_info(struct thread *thread, struct j6_thread_info *out_row)
{
    static const uint8_t states[] = {
        [THREAD_BLOCKED] = j6_thread_state_blocked,
        [THREAD_READY] = j6_thread_state_ready,
        [THREAD_RUNNING] = j6_thread_state_running,
        [THREAD_EXITED] = j6_thread_state_exited,
    };
    *out_row = (struct j6_thread_info){
        .row_size = sizeof(*out_row),
        .state = states[__atomic_load_n(&thread->state, __ATOMIC_RELAXED)],
        .koid = thread->object.koid,
        .process = thread->process->object.koid,
        .priority = thread_priority(thread),
        .level = __atomic_load_n(&thread->level, __ATOMIC_RELAXED),
        .cpu = atomic_load_explicit(&thread->home, memory_order_relaxed),
        .cpu_time = sched_cpu_time(thread),
    };
    if (out_row->state == j6_thread_state_blocked) {
        wait_info(thread, out_row);
    }
}

bool handle_info(const struct handle_table *table, j6_handle_t handle,
                 struct j6_handle_info *out_row)
{
    const struct kobject *object = handle_find(table, handle);
    if (object == NULL) {
        return false;
    }
    *out_row = (struct j6_handle_info){
        .row_size = sizeof(*out_row),
        .type = j6_handle_type(handle),
        .handle = handle,
        .rights = j6_handle_rights(handle),
        .koid = object->koid,
        .badge = handle_badge_value(table, handle),
    };
    return true;
}

void cpu_info(uint32_t index, struct j6_cpu_info *out_row)
{
    const struct cpu_counts *counts = cpu_of(cpu_block(index), cpu_counts);
    *out_row = (struct j6_cpu_info){
        .row_size = sizeof(*out_row),
        .index = index,
        .switches = counts->switches,
        .interrupts = counts->interrupts,
        .alarms = counts->alarms,
        .kicks = counts->kicks,
        .shootdowns = counts->shootdowns,
        .lock_waits = counts->lock_waits,
        .fpu_loads = counts->fpu_loads,
        .device_interrupts = counts->device_interrupts,
        .spurious = counts->spurious,
        .idle_time = cpu_idle_time(counts),
    };
}

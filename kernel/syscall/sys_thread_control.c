/* SPDX-License-Identifier: MIT */
/* thread_control: each property is a row of syscalls.def, with its size and its function here. */
#include "arch/cpu.h"
#include "kernel/syscall/sys.h"

union property {
    uint64_t word;
    char name[THREAD_NAME_SIZE];
    struct j6_thread_registers registers;
};

static bool may_be_len(uint64_t what, uint64_t len)
{
    switch (what) {
    case j6_control_name: return len <= j6_thread_name_max;
    case j6_control_registers: return len == sizeof(struct j6_thread_registers);
    case j6_control_resume: return len == 0;
    default: return len == sizeof(uint64_t);
    }
}

/* No more urgent than the account's; constant only where the account allows it. */
static j6_status_t priority_set(struct thread *thread, uint64_t value)
{
    const struct account *account = thread->process->account;
    uint64_t priority = value & ~j6_priority_constant;
    bool constant = value & j6_priority_constant;
    if (priority >= PRIORITIES) {
        return j6_err_invalid_arg;
    }
    if (priority < account->priority || (constant && !account->constant)) {
        return j6_err_quota;
    }
    sched_set_priority(thread, (uint32_t)priority, constant);
    return j6_status_ok;
}

static j6_status_t affinity_set(struct thread *thread, uint64_t cpus)
{
    if ((cpus & cpus_online()) == 0) {
        return j6_err_invalid_arg;
    }
    sched_set_affinity(thread, cpus);
    return j6_status_ok;
}

static j6_status_t property_set(struct thread *thread, uint64_t what, const union property *value)
{
    switch (what) {
    case j6_control_tls_base: return thread_set_tls_base(thread, value->word);
    case j6_control_foreign_call: return thread_set_foreign_entry(thread, value->word);
    case j6_control_registers: return thread_set_registers(thread, &value->registers);
    case j6_control_resume: return thread_resume(thread);
    case j6_control_name: thread_set_name(thread, value->name); return j6_status_ok;
    case j6_control_priority: return priority_set(thread, value->word);
    default: return affinity_set(thread, value->word);
    }
}

j6_status_t sys_thread_control(struct thread *caller, struct thread *thread, uint64_t what,
                               struct user_ptr pointer, uint64_t len)
{
    (void)caller;
    if (!may_be_len(what, len)) {
        return j6_err_out_of_range;
    }
    union property value = {.name = ""};
    j6_status_t status = len != 0 ? user_copy_in(&value, pointer, len) : j6_status_ok;
    return status == j6_status_ok ? property_set(thread, what, &value) : status;
}

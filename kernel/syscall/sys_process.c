/* SPDX-License-Identifier: MIT */
/* Calls on processes and threads. */
#include "kernel/syscall/sys.h"
#include "kernel/signal.h"
#include "mm/vm_copy.h"
#include <j6/handle.h>
#include <j6/info.h>

static j6_status_t limits_in(struct user_ptr pointer, struct j6_limits *limits)
{
    j6_status_t status = user_copy_in(limits, pointer, sizeof(*limits));
    if (status == j6_status_ok &&
        (limits->priority >= PRIORITIES || (limits->flags & ~j6_limits_flag_constant) != 0)) {
        status = j6_err_invalid_arg;
    }
    return status;
}

j6_status_t sys_process_create(struct thread *caller, struct user_ptr name, uint64_t len,
                               struct user_ptr limits_pointer, uint64_t flags, struct user_ptr h)
{
    if (flags & ~(uint64_t)j6_process_flag_hold_faults) {
        return j6_err_invalid_arg;
    }
    if (len >= PROCESS_NAME_MAX) {
        return j6_err_out_of_range;
    }
    char name_copy[PROCESS_NAME_MAX] = "";
    struct j6_limits limits;
    j6_status_t status = user_copy_in(name_copy, name, len);
    if (status == j6_status_ok && limits_pointer.address != 0) {
        status = limits_in(limits_pointer, &limits);
    }
    if (status == j6_status_ok) {
        status = user_probe_out(h, sizeof(j6_handle_t));
    }
    struct process *process;
    if (status == j6_status_ok) {
        status = process_create(name_copy, caller->process, caller->process->account,
                                limits_pointer.address != 0 ? &limits : NULL, &process);
    }
    if (status != j6_status_ok) {
        return status;
    }
    process->hold_faults = flags & j6_process_flag_hold_faults;
    status = sys_new_handle_out(caller, &process->object, h);
    if (status != j6_status_ok) {
        process_end(process, &(struct j6_end_info){.reason = j6_reason_killed});
    }
    kobject_put(&process->object);
    return status;
}

j6_status_t sys_process_give_handle(struct thread *caller, struct process *process,
                                    struct kobject *object, j6_handle_t handle, uint64_t rights,
                                    struct user_ptr out)
{
    (void)object;
    if (rights & ~j6_handle_rights(handle)) {
        return j6_err_denied;
    }
    j6_status_t status = user_probe_out(out, sizeof(j6_handle_t));
    return status == j6_status_ok
               ? sys_handle_copy_out(caller, handle, &process->handles, rights, out)
               : status;
}

/* The handle's value is written when nothing else can fail. */
static j6_status_t start_and_tell(struct thread *caller, struct process *process,
                                  struct thread *first, struct user_ptr out)
{
    struct handle_table *table = &caller->process->handles;
    j6_handle_t handle;
    j6_status_t status =
        handle_insert(table, &first->object, handle_all_rights(j6_type_thread), &handle);
    if (status != j6_status_ok) {
        return status;
    }
    status = process_start(process, first);
    if (status == j6_status_ok) {
        status = user_copy_out(out, &handle, sizeof(handle));
    }
    if (status != j6_status_ok) {
        handle_remove(table, handle); /* or another thread guessed and closed it */
    }
    return status;
}

j6_status_t sys_process_start(struct thread *caller, struct process *process, uint64_t entry,
                              uint64_t stack, uint64_t arg, struct user_ptr thread_out)
{
    if (!thread_may_start_at(entry, stack)) {
        return j6_err_invalid_arg;
    }
    j6_status_t status = user_probe_out(thread_out, sizeof(j6_handle_t));
    if (status == j6_status_ok && !process_is_new(process)) {
        status = j6_err_bad_state;
    }
    struct thread *thread;
    if (status == j6_status_ok) {
        status = thread_create(process, entry, stack, arg, &thread);
    }
    if (status != j6_status_ok) {
        return status;
    }
    status = start_and_tell(caller, process, thread, thread_out);
    if (status != j6_status_ok) {
        thread_kill(thread, 0);
    }
    kobject_put(&thread->object);
    return status;
}

j6_status_t sys_process_kill(struct thread *caller, struct process *process, int64_t code)
{
    (void)caller;
    process_end(process, &(struct j6_end_info){.reason = j6_reason_killed, .code = code});
    return j6_status_ok;
}

j6_status_t sys_process_exit(struct thread *caller, int64_t code)
{
    process_end(caller->process, &(struct j6_end_info){.reason = j6_reason_exited, .code = code});
    return j6_status_ok;
}

/* Copies between the caller's buf and the memory of a process; tells how far it came. */
static j6_status_t copy_and_tell(struct process *process, struct vm_copy *copy,
                                 struct user_ptr len_inout)
{
    j6_status_t status = user_load_inout(len_inout, &copy->len);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_err_bad_address;
    if (process_space_get(process)) {
        copy->space = process->space;
        status = vm_copy(copy);
        process_space_put(process);
    }
    return sys_done_out(status, copy->done, len_inout);
}

j6_status_t sys_process_read(struct thread *caller, struct process *process, uint64_t address,
                             struct user_ptr buf, struct user_ptr len_inout)
{
    (void)caller;
    struct vm_copy copy = {.user = buf, .start = address};
    return copy_and_tell(process, &copy, len_inout);
}

j6_status_t sys_process_write(struct thread *caller, struct process *process, uint64_t address,
                              struct user_ptr buf, struct user_ptr len_inout)
{
    (void)caller;
    struct vm_copy copy = {.user = buf, .write = true, .start = address};
    return copy_and_tell(process, &copy, len_inout);
}

j6_status_t sys_thread_create(struct thread *caller, struct process *process, uint64_t entry,
                              uint64_t stack, uint64_t arg, uint64_t flags, struct user_ptr h)
{
    if (flags != 0 || !thread_may_start_at(entry, stack)) {
        return j6_err_invalid_arg;
    }
    j6_status_t status = user_probe_out(h, sizeof(j6_handle_t));
    struct thread *thread;
    if (status == j6_status_ok) {
        status = thread_create(process, entry, stack, arg, &thread);
    }
    if (status != j6_status_ok) {
        return status;
    }
    status = sys_new_handle_out(caller, &thread->object, h);
    if (status != j6_status_ok) {
        thread_kill(thread, 0);
    }
    kobject_put(&thread->object);
    return status;
}

j6_status_t sys_thread_start(struct thread *caller, struct thread *thread)
{
    (void)caller;
    return thread_start(thread);
}

j6_status_t sys_thread_exit(struct thread *caller, int64_t code)
{
    thread_exit(caller, code);
    return j6_status_ok;
}

j6_status_t sys_thread_kill(struct thread *caller, struct thread *thread, int64_t code)
{
    (void)caller;
    thread_kill(thread, code);
    return j6_status_ok;
}

j6_status_t sys_thread_pause(struct thread *caller, uint64_t *signals)
{
    return thread_pause(caller, signals);
}

j6_status_t sys_thread_sleep(struct thread *caller, j6_time_t deadline)
{
    if (deadline == 0) {
        caller->tcb.rax = j6_status_ok;
        sched_yield(caller);
    }
    thread_sleep(caller, deadline);
    return j6_status_ok;
}

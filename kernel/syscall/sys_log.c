/* SPDX-License-Identifier: MIT */
/* Calls on the log: writing an entry, which needs no handle, and reading the next one. */
#include "arch/upcall.h"
#include "kernel/base/log.h"
#include "kernel/signal.h"
#include "kernel/syscall/sys.h"

j6_status_t sys_log(struct thread *caller, uint64_t severity, struct user_ptr text, uint64_t len)
{
    if (severity > j6_log_debug) {
        return j6_err_invalid_arg;
    }
    if (len > LOG_TEXT_MAX) {
        return j6_err_out_of_range;
    }
    char copy[LOG_TEXT_MAX];
    j6_status_t status = user_copy_in(copy, text, len);
    if (status != j6_status_ok) {
        return status;
    }
    if (!process_may_log(caller->process)) {
        return j6_status_would_block;
    }
    log_append_user((enum j6_log_severity)severity, caller->process->object.koid,
                    caller->object.koid, copy, len);
    return j6_status_ok;
}

struct log_copy {
    struct j6_log_entry entry;
    char text[LOG_TEXT_MAX];
};

/* What doesn't fit is told by its size, and stays to be read. */
static j6_status_t log_out(const struct log_copy *copy, uint64_t room, struct user_ptr seen,
                           struct user_ptr buf, struct user_ptr len)
{
    uint64_t size = sizeof(copy->entry) + copy->entry.len;
    bool fits = room >= size;
    j6_status_t status = fits ? user_copy_out(buf, copy, size) : j6_status_ok;
    if (status == j6_status_ok && fits) {
        status = user_store(seen, copy->entry.id);
    }
    if (status == j6_status_ok) {
        status = user_store(len, size);
    }
    return status != j6_status_ok || fits ? status : j6_err_insufficient;
}

/* Has_log has ended a wait, unless something else has. */
static void get_log_again(struct thread *thread)
{
    if (thread->tcb.rax == j6_status_ok) {
        thread->tcb.rax = syscall_dispatch(&thread->tcb, J6_CALL_BASE + CALL_system_get_log);
    }
}

j6_status_t sys_system_get_log(struct thread *caller, struct system *system, struct user_ptr seen,
                               struct user_ptr buf, struct user_ptr len, j6_time_t deadline)
{
    (void)caller;
    uint64_t last;
    uint64_t room;
    struct log_copy copy;
    j6_status_t status = system_check(system, j6_range_log, 0, 1);
    if (status == j6_status_ok) {
        status = user_load_inout(seen, &last);
    }
    if (status == j6_status_ok) {
        status = user_load_inout(len, &room);
    }
    if (status == j6_status_ok && room >= sizeof(copy.entry)) {
        status = user_probe_out(buf, sizeof(copy.entry));
    }
    if (status != j6_status_ok) {
        return status;
    }
    while (!log_reader_next(&system->log_reader, &last, &copy.entry, copy.text)) {
        status =
            kobject_wait_again(&system->object, j6_signal_system_has_log, deadline, get_log_again);
        if (status != j6_status_ok) {
            return status;
        }
    }
    return log_out(&copy, room, seen, buf, len);
}

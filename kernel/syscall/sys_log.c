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

/* What the caller has seen, where it wants the next entry, and how much room there is. */
struct log_place {
    struct user_ptr seen;
    struct user_ptr buf;
    struct user_ptr len;
    uint64_t last;
    uint64_t room;
};

static j6_status_t place_in(struct log_place *place)
{
    j6_status_t status = user_load_inout(place->seen, &place->last);
    if (status == j6_status_ok) {
        status = user_load_inout(place->len, &place->room);
    }
    if (status == j6_status_ok && place->room >= sizeof(struct j6_log_entry)) {
        status = user_probe_out(place->buf, sizeof(struct j6_log_entry));
    }
    return status;
}

/* What doesn't fit is told by its size, and stays to be read. */
static j6_status_t log_out(const struct log_copy *copy, const struct log_place *place)
{
    uint64_t size = sizeof(copy->entry) + copy->entry.len;
    bool fits = place->room >= size;
    j6_status_t status = fits ? user_copy_out(place->buf, copy, size) : j6_status_ok;
    if (status == j6_status_ok && fits) {
        status = user_store(place->seen, copy->entry.id);
    }
    if (status == j6_status_ok) {
        status = user_store(place->len, size);
    }
    return status != j6_status_ok || fits ? status : j6_err_insufficient;
}

/* After a wait: the handle may be closed by now. Only who has seen what isn't there yet needs it. */
static j6_status_t get_log_awaited(struct thread *thread)
{
    const uint64_t *arg = thread->tcb.arg;
    struct log_copy copy;
    struct log_place place = {.seen = {arg[1]}, .buf = {arg[2]}, .len = {arg[3]}};
    j6_status_t status = place_in(&place);
    if (status != j6_status_ok) {
        return status;
    }
    return log_read(&place.last, &copy.entry, copy.text, LOG_TEXT_MAX)
               ? log_out(&copy, &place)
               : syscall_dispatch(&thread->tcb, J6_CALL_BASE + CALL_system_get_log);
}

/* Has_log has ended the wait, unless something else has. */
static void get_log_again(struct thread *thread)
{
    if (thread->tcb.rax == j6_status_ok) {
        thread->tcb.rax = get_log_awaited(thread);
    }
}

j6_status_t sys_system_get_log(struct thread *caller, struct system *system, struct user_ptr seen,
                               struct user_ptr buf, struct user_ptr len, j6_time_t deadline)
{
    (void)caller;
    struct log_copy copy;
    struct log_place place = {.seen = seen, .buf = buf, .len = len};
    j6_status_t status = system_check(system, j6_range_log, 0, 1);
    if (status == j6_status_ok) {
        status = place_in(&place);
    }
    if (status != j6_status_ok) {
        return status;
    }
    while (!log_reader_next(&system->log_reader, &place.last, &copy.entry, copy.text)) {
        status =
            kobject_wait_again(&system->object, j6_signal_system_has_log, deadline, get_log_again);
        if (status != j6_status_ok) {
            return status;
        }
    }
    return log_out(&copy, &place);
}

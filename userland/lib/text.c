/* SPDX-License-Identifier: MIT */
/* The names of the ABI's numbers, for people. */
#include <j6/j6.h>

const char *j6_status_text(j6_status_t status)
{
    switch (status) {
    case j6_status_ok: return "ok";
    case j6_status_closed: return "closed";
    case j6_status_destroyed: return "destroyed";
    case j6_status_exists: return "exists";
    case j6_status_would_block: return "would_block";
    case j6_status_timed_out: return "timed_out";
    case j6_status_futex_changed: return "futex_changed";
    case j6_status_cancelled: return "cancelled";
    case j6_err_nyi: return "nyi";
    case j6_err_unexpected: return "unexpected";
    case j6_err_invalid_arg: return "invalid_arg";
    case j6_err_not_ready: return "not_ready";
    case j6_err_insufficient: return "insufficient";
    case j6_err_denied: return "denied";
    case j6_err_collision: return "collision";
    case j6_err_no_memory: return "no_memory";
    case j6_err_quota: return "quota";
    case j6_err_bad_address: return "bad_address";
    case j6_err_bad_handle: return "bad_handle";
    case j6_err_wrong_type: return "wrong_type";
    case j6_err_bad_state: return "bad_state";
    case j6_err_not_found: return "not_found";
    case j6_err_out_of_range: return "out_of_range";
    default: return "unknown status";
    }
}

const char *j6_type_text(enum j6_type type)
{
    switch (type) {
    case j6_type_none: return "none";
    case j6_type_system: return "system";
    case j6_type_event: return "event";
    case j6_type_channel: return "channel";
    case j6_type_endpoint: return "endpoint";
    case j6_type_vma: return "vma";
    case j6_type_process: return "process";
    case j6_type_thread: return "thread";
    default: return "unknown type";
    }
}

const char *j6_reason_text(uint32_t reason)
{
    switch (reason) {
    case j6_reason_running: return "running";
    case j6_reason_exited: return "exited";
    case j6_reason_killed: return "killed";
    case j6_reason_fault: return "fault";
    case j6_reason_no_memory: return "no_memory";
    default: return "unknown reason";
    }
}

/* SPDX-License-Identifier: MIT */
/* Rows of system_info for tests. */
#include "userland/test/main/look.h"

j6_koid_t koid_of(j6_handle_t handle)
{
    j6_koid_t koid = 0;
    expect_ok(j6_object_koid(handle, &koid));
    return koid;
}

j6_koid_t own_koid(void)
{
    return koid_of(j6_handle_self_process);
}

struct j6_snapshot take(uint64_t topic, j6_koid_t koid)
{
    struct j6_snapshot snapshot = {.address = 0};
    expect_ok(j6_snapshot_take(system_handle(), topic, koid, &snapshot));
    return snapshot;
}

uint64_t count_rows(const struct j6_snapshot *snapshot)
{
    uint64_t count = 0;
    const void *row;
    J6_SNAPSHOT_EACH(row, snapshot) {
        count++;
    }
    return count;
}

/* The row of the process; all 0 if there is none. */
struct j6_process_info process_row(j6_koid_t koid)
{
    struct j6_process_info found = {.row_size = 0};
    struct j6_snapshot snapshot = take(j6_topic_processes, 0);
    const struct j6_process_info *row;
    J6_SNAPSHOT_EACH(row, &snapshot) {
        if (row->koid == koid) {
            expect_equal(0, found.row_size);
            found = *row;
        }
    }
    j6_snapshot_drop(&snapshot);
    return found;
}

struct j6_thread_info thread_row(j6_koid_t process, j6_koid_t koid)
{
    struct j6_thread_info found = {.row_size = 0};
    struct j6_snapshot snapshot = take(j6_topic_threads, process);
    const struct j6_thread_info *row;
    J6_SNAPSHOT_EACH(row, &snapshot) {
        if (row->koid == koid) {
            expect_equal(0, found.row_size);
            found = *row;
        }
    }
    j6_snapshot_drop(&snapshot);
    return found;
}

void process_drop(j6_handle_t process)
{
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_object_wait(process, j6_signal_closed, NULL, j6_deadline_never));
    expect_ok(j6_handle_close(process));
}

bool thread_blocks(j6_handle_t thread)
{
    j6_time_t give_up = now() + 20000000000;
    j6_koid_t koid = koid_of(thread);
    while (thread_row(own_koid(), koid).state != j6_thread_state_blocked && now() < give_up) {
        sleep_for(1);
    }
    return expect_equal(j6_thread_state_blocked, thread_row(own_koid(), koid).state);
}

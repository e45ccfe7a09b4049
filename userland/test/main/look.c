/* SPDX-License-Identifier: MIT */
/* Rows of system_info for tests. */
#include "userland/test/main/look.h"
#include "lib/string.h"

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

/* What the rows of processes and of threads begin with. */
struct row_head {
    uint32_t row_size;
    uint32_t state;
    j6_koid_t koid;
};

/* Copies the one row with that koid; leaves `out` alone if there is none. */
static void find_row(uint64_t topic, j6_koid_t process, j6_koid_t koid, void *out, size_t size)
{
    struct j6_snapshot snapshot = take(topic, process);
    const struct row_head *row;
    unsigned found = 0;
    J6_SNAPSHOT_EACH(row, &snapshot) {
        if (row->koid == koid) {
            memcpy(out, row, size);
            found++;
        }
    }
    expect(found <= 1);
    j6_snapshot_drop(&snapshot);
}

struct j6_process_info process_row(j6_koid_t koid)
{
    struct j6_process_info row = {.row_size = 0};
    find_row(j6_topic_processes, 0, koid, &row, sizeof(row));
    return row;
}

struct j6_thread_info thread_row(j6_koid_t process, j6_koid_t koid)
{
    struct j6_thread_info row = {.row_size = 0};
    find_row(j6_topic_threads, process, koid, &row, sizeof(row));
    return row;
}

struct j6_cpu_info cpu_row(uint32_t index)
{
    struct j6_snapshot snapshot = take(j6_topic_cpus, 0);
    struct j6_cpu_info found = {.row_size = 0};
    const struct j6_cpu_info *row;
    J6_SNAPSHOT_EACH(row, &snapshot) {
        if (row->index == index) {
            found = *row;
        }
    }
    j6_snapshot_drop(&snapshot);
    return found;
}

uint64_t device_interrupts(void)
{
    uint64_t sum = 0;
    for (uint32_t index = 0; index < cpu_count(); index++) {
        sum += cpu_row(index).device_interrupts;
    }
    return sum;
}

void process_drop(j6_handle_t process)
{
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_object_wait(process, j6_signal_closed, NULL, j6_deadline_never));
    expect_ok(j6_handle_close(process));
}

/*
 * A wait is told of together with its kind. Without one a blocked thread was woken, or hasn't been on a
 * CPU yet.
 */
static bool row_waits(const struct j6_thread_info *row, uint32_t wait)
{
    return row->state == j6_thread_state_blocked && row->wait == wait;
}

bool thread_waits(j6_handle_t process, j6_handle_t thread, uint32_t wait)
{
    struct j6_thread_info row = thread_row(koid_of(process), koid_of(thread));
    return row_waits(&row, wait);
}

uint64_t threads_waiting(j6_handle_t process, uint32_t wait)
{
    uint64_t count = 0;
    struct j6_snapshot snapshot = take(j6_topic_threads, koid_of(process));
    const struct j6_thread_info *row;
    J6_SNAPSHOT_EACH(row, &snapshot) {
        count += row_waits(row, wait);
    }
    j6_snapshot_drop(&snapshot);
    return count;
}

bool thread_blocks(j6_handle_t thread, uint32_t wait)
{
    return expect_soon(thread_waits(j6_handle_self_process, thread, wait));
}

bool threads_block(j6_handle_t process, uint64_t count, uint32_t wait)
{
    return expect_soon(threads_waiting(process, wait) >= count);
}

uint64_t cpu_count(void)
{
    struct j6_snapshot snapshot = take(j6_topic_cpus, 0);
    uint64_t count = count_rows(&snapshot);
    j6_snapshot_drop(&snapshot);
    return count;
}

uint64_t cpus_all(void)
{
    uint64_t count = cpu_count();
    return count == CPUS_MAX ? ~0ull : (1ull << count) - 1;
}

static void stay_on(uint64_t cpus)
{
    expect_ok(j6_thread_control(j6_handle_self_thread, j6_control_affinity, &cpus, sizeof(cpus)));
}

void stay_on_first_cpu(void)
{
    stay_on(1);
}

void leave_first_cpu(void)
{
    stay_on(cpus_all());
}

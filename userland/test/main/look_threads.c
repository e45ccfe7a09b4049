/* SPDX-License-Identifier: MIT */
/* system_info: the threads of a process. */
#include "userland/test/main/look.h"

static int64_t wait_for_end(void *process)
{
    return (int64_t)j6_object_wait(*(const j6_handle_t *)process, j6_signal_closed, NULL,
                                   j6_deadline_never);
}

static int64_t sleep_until(void *deadline)
{
    return (int64_t)j6_thread_sleep(*(const j6_time_t *)deadline);
}

TEST(a_thread_that_waits_tells_for_what)
{
    struct j6_thread waiter;
    struct j6_thread sleeper;
    j6_handle_t process = process_new();
    j6_time_t deadline = now() + 2 * PATIENCE;
    expect_ok(j6_thread_run(&waiter, wait_for_end, &process, 4 * PAGE));
    expect_ok(j6_thread_run(&sleeper, sleep_until, &deadline, 4 * PAGE));
    thread_blocks(waiter.handle, j6_wait_object);
    thread_blocks(sleeper.handle, j6_wait_sleep);
    struct j6_thread_info row = thread_row(own_koid(), koid_of(waiter.handle));
    expect_equal(j6_thread_state_blocked, row.state);
    expect_equal(j6_wait_object, row.wait);
    expect_equal(koid_of(process), row.wait_koid);
    row = thread_row(own_koid(), koid_of(sleeper.handle));
    expect_equal(j6_thread_state_blocked, row.state);
    expect_equal(j6_wait_sleep, row.wait);
    expect_equal(0, row.wait_koid);
    row = thread_row(own_koid(), koid_of(j6_handle_self_thread));
    expect_equal(j6_thread_state_running, row.state);
    expect_equal(j6_wait_none, row.wait);
    expect_equal(own_koid(), row.process);
    expect_equal(4, row.priority);
    process_drop(process);
    expect_ok(j6_thread_kill(sleeper.handle, 0));
    expect_ok(j6_thread_join(&waiter, NULL));
    expect_ok(j6_thread_join(&sleeper, NULL));
}

TEST(a_thread_that_was_not_started_is_listed_as_such_and_one_that_has_ended_is_not)
{
    j6_handle_t thread = j6_handle_none;
    j6_handle_t process = process_new();
    expect_ok(j6_thread_create(process, 16 * PAGE, 32 * PAGE, 0, 0, &thread));
    struct j6_thread_info row = thread_row(koid_of(process), koid_of(thread));
    expect_equal(j6_thread_state_blocked, row.state);
    expect_equal(j6_wait_start, row.wait);
    expect_equal(koid_of(process), row.process);
    expect_ok(j6_handle_close(thread));
    process_drop(process);

    static j6_time_t past = 1;
    struct j6_thread ended;
    expect_ok(j6_thread_run(&ended, sleep_until, &past, 4 * PAGE));
    expect_ok(j6_object_wait(ended.handle, j6_signal_closed, NULL, j6_deadline_never));
    expect_equal(0, thread_row(own_koid(), koid_of(ended.handle)).row_size);
    expect_ok(j6_thread_join(&ended, NULL));
}

TEST(a_list_of_two_hundred_threads_has_each_of_them_once_and_in_order)
{
    static j6_handle_t threads[MANY];
    j6_handle_t process = process_new();
    for (int i = 0; i < MANY; i++) {
        expect_ok(j6_thread_create(process, 16 * PAGE, 32 * PAGE, 0, 0, &threads[i]));
    }
    struct j6_snapshot snapshot = take(j6_topic_threads, koid_of(process));
    const struct j6_thread_info *row;
    int found = 0;
    J6_SNAPSHOT_EACH(row, &snapshot) {
        expect(found < MANY && row->koid == koid_of(threads[found]));
        found++;
    }
    expect_equal(MANY, found);
    j6_snapshot_drop(&snapshot);
    for (int i = 0; i < MANY; i++) {
        expect_ok(j6_handle_close(threads[i]));
    }
    process_drop(process);
}

/* ---- while others go on --------------------------------------------------------------------- */

struct churn {
    volatile bool stop;
    j6_handle_t process;
};

/* Threads, handles and mappings of the process come and go. */
static int64_t churn_main(void *arg)
{
    struct churn *churn = arg;
    j6_handle_t area = area_new(1, 0);
    while (!churn->stop) {
        j6_handle_t thread = j6_handle_none;
        uint64_t address = 0;
        struct j6_thread ended;
        expect_ok(j6_thread_run(&ended, sleep_until, &(j6_time_t){1}, 4 * PAGE));
        expect_ok(j6_vma_map(area, churn->process, &address, 0, 0, j6_map_read));
        expect_ok(j6_thread_create(churn->process, 16 * PAGE, 32 * PAGE, 0, 0, &thread));
        expect_ok(j6_thread_join(&ended, NULL));
        expect_ok(j6_vma_unmap(area, churn->process, address, 0));
        expect_ok(j6_handle_close(thread));
        j6_thread_sleep(0);
    }
    expect_ok(j6_handle_close(area));
    return 0;
}

TEST(lists_taken_while_others_come_and_go_have_what_stays)
{
    struct churn churn = {.process = process_new()};
    struct j6_thread thread;
    j6_koid_t main_thread = koid_of(j6_handle_self_thread);
    expect_ok(j6_thread_run(&thread, churn_main, &churn, 4 * PAGE));
    j6_time_t end = now() + 100000000;
    while (now() < end && !test_has_failed()) {
        expect(thread_row(own_koid(), main_thread).row_size > 0);
        expect(thread_row(own_koid(), koid_of(thread.handle)).row_size > 0);
        struct j6_snapshot snapshot = take(j6_topic_mappings, koid_of(churn.process));
        expect(count_rows(&snapshot) <= FIRST_MAPPINGS + 1);
        j6_snapshot_drop(&snapshot);
        expect(process_row(koid_of(churn.process)).row_size > 0);
    }
    churn.stop = true;
    expect_ok(j6_thread_join(&thread, NULL));
    process_drop(churn.process);
}

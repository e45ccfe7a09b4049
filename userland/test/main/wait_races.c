/* SPDX-License-Identifier: MIT */
/* Threads that are woken, killed and timed out at about the same moment, in every kind of wait. */
#include "userland/test/main/util.h"

enum { KINDS = 5 };

static const uint64_t SIGNAL = J6_SIGNAL(48);

/* What they all wait for. */
static struct {
    j6_handle_t event;
    uint32_t word;
    bool forever;
} meeting;

static j6_time_t deadline(void)
{
    return meeting.forever ? j6_deadline_never : now() + 30000;
}

static int64_t wait_in_object(void *arg)
{
    (void)arg;
    while (j6_object_wait(meeting.event, SIGNAL, NULL, deadline()) != j6_status_closed) {}
    return 0;
}

static int64_t wait_in_many(void *arg)
{
    (void)arg;
    struct j6_wait_item items[] = {
        {meeting.event, SIGNAL, 0},
        {j6_handle_self_process, SIGNAL, 0},
        {meeting.event, J6_SIGNAL(49), 0},
    };
    while (j6_object_wait_many(items, 3, deadline()) != j6_status_closed) {}
    return 0;
}

static int64_t wait_at_word(void *arg)
{
    (void)arg;
    while (__atomic_load_n(&meeting.word, __ATOMIC_RELAXED) < 2) {
        j6_futex_wait(&meeting.word, 0, deadline());
    }
    return 0;
}

static int64_t wait_in_pause(void *arg)
{
    (void)arg;
    uint64_t signals = 0;
    while (!(signals & J6_SIGNAL(63))) {
        j6_thread_pause(&signals);
    }
    return 0;
}

static int64_t wait_in_sleep(void *arg)
{
    (void)arg;
    while (__atomic_load_n(&meeting.word, __ATOMIC_RELAXED) < 2) {
        j6_thread_sleep(now() + 20000);
    }
    return 0;
}

static int64_t (*const waits[KINDS])(void *arg) = {
    wait_in_object, wait_in_many, wait_at_word, wait_in_pause, wait_in_sleep,
};

static void wake_all(const struct j6_thread *threads, uint64_t round)
{
    j6_object_signal(meeting.event, round & 2 ? SIGNAL : 0, round & 2 ? 0 : SIGNAL);
    __atomic_store_n(&meeting.word, (uint32_t)(round & 1), __ATOMIC_RELAXED);
    j6_futex_wake(&meeting.word, 1);
    j6_object_signal(threads[3].handle, 0, SIGNAL);
}

/* Killed one after the other, while the rest is woken. */
static void meet(uint64_t round)
{
    struct j6_thread threads[KINDS];
    meeting.event = event_new();
    meeting.word = 0;
    meeting.forever = round % 3 == 0;
    for (int i = 0; i < KINDS; i++) {
        expect_ok(j6_thread_run(&threads[i], waits[i], NULL, 4 * PAGE));
    }
    for (uint64_t i = 0; i < KINDS; i++) {
        wake_all(threads, round + i);
        expect_ok(j6_thread_kill(threads[(i + round) % KINDS].handle, 7));
        wake_all(threads, round + i + 1);
    }
    for (int i = 0; i < KINDS; i++) {
        struct j6_end_info end = {0};
        expect_ok(j6_wait_end(threads[i].handle, &end));
        expect_equal(j6_reason_killed, end.reason);
        expect_ok(j6_thread_join(&threads[i], NULL));
    }
    expect_ok(round & 4 ? j6_object_close(meeting.event) : j6_status_ok);
    expect_ok(j6_handle_close(meeting.event));
}

TEST(threads_that_are_killed_while_they_are_woken_end_and_leave_nothing)
{
    for (uint64_t round = 0; round < race_rounds(30); round++) {
        meet(round);
    }
}

TEST(threads_that_wait_in_every_way_end_when_what_they_wait_for_is_over)
{
    struct j6_thread threads[KINDS];
    for (uint64_t round = 0; round < race_rounds(10); round++) {
        meeting.event = event_new();
        meeting.word = 0;
        meeting.forever = round & 1;
        for (int i = 0; i < KINDS; i++) {
            expect_ok(j6_thread_run(&threads[i], waits[i], NULL, 4 * PAGE));
        }
        for (uint64_t i = 0; i < round; i++) {
            wake_all(threads, i);
        }
        __atomic_store_n(&meeting.word, 2, __ATOMIC_RELAXED);
        expect_ok(j6_futex_wake(&meeting.word, ~0ull));
        expect_ok(j6_object_signal(meeting.event, SIGNAL, 0));
        expect_ok(j6_object_close(meeting.event));
        expect_ok(j6_object_signal(threads[3].handle, 0, J6_SIGNAL(63)));
        for (int i = 0; i < KINDS; i++) {
            int64_t code = -1;
            expect_ok(j6_thread_join(&threads[i], &code));
            expect_equal(0, code);
        }
        expect_ok(j6_handle_close(meeting.event));
    }
}

/* SPDX-License-Identifier: MIT */
/* event_set_timer: deadlines, periods, and what has come due while nobody looked. */
#include "userland/test/main/look.h"

static const uint64_t TIMER = j6_signal_event_timer;
static const uint64_t MS = 1000000;

static struct j6_timer_info info_of(j6_handle_t event)
{
    struct j6_timer_info info = {0};
    uint64_t len = sizeof(info);
    expect_ok(j6_object_info(event, j6_topic_timer, &info, &len));
    expect_equal(sizeof(info), len);
    return info;
}

TEST(event_set_timer_refuses_periods_that_mean_nothing)
{
    j6_handle_t event = event_new();
    expect_ok(j6_event_set_timer(event, 1, 0));
    expect_status(j6_err_invalid_arg, j6_event_set_timer(event, now(), 1ull << 63));
    expect_status(j6_err_invalid_arg, j6_event_set_timer(event, now(), ~0ull));
    expect_status(j6_err_invalid_arg, j6_event_set_timer(event, j6_deadline_never, 1));
    expect_equal(TIMER, signals_of(event));
    expect_ok(j6_handle_close(event));
}

TEST(an_event_is_signalled_at_its_deadline_and_not_before)
{
    uint64_t signals = 0;
    j6_handle_t event = event_new();
    j6_time_t deadline = now() + 3 * MS;
    expect_ok(j6_event_set_timer(event, deadline, 0));
    expect_equal(0, signals_of(event) & (now() < deadline ? TIMER : 0));
    expect_ok(j6_object_wait(event, TIMER, &signals, j6_deadline_never));
    expect(now() >= deadline);
    expect_equal(TIMER, signals);
    expect_ok(j6_object_signal(event, TIMER, 0));
    leave_time();
    expect_equal(0, signals_of(event));
    expect_ok(j6_handle_close(event));
}

TEST(a_deadline_that_has_passed_sets_the_signal_before_the_call_returns)
{
    j6_handle_t event = event_new();
    expect_ok(j6_event_set_timer(event, 0, 0));
    expect_equal(TIMER, signals_of(event));
    expect_ok(j6_event_set_timer(event, now(), 0));
    expect_equal(TIMER, signals_of(event));
    expect_ok(j6_handle_close(event));
}

TEST(setting_a_timer_clears_its_signal_and_never_disarms_it)
{
    j6_handle_t event = event_new();
    expect_ok(j6_event_set_timer(event, 1, 0));
    expect_equal(TIMER, signals_of(event));
    expect_ok(j6_event_set_timer(event, now() + 2 * MS, 0));
    expect_ok(j6_event_set_timer(event, j6_deadline_never, 0));
    sleep_for(5);
    expect_equal(0, signals_of(event));
    expect_equal(j6_deadline_never, info_of(event).deadline);
    expect_ok(j6_handle_close(event));
}

TEST(the_last_deadline_that_was_set_is_the_one_that_counts)
{
    j6_handle_t event = event_new();
    j6_time_t late = now() + 10000 * MS;
    expect_ok(j6_event_set_timer(event, now() + 2 * MS, 0));
    expect_ok(j6_event_set_timer(event, late, 0));
    sleep_for(5);
    expect_equal(0, signals_of(event));
    expect_equal(late, info_of(event).deadline);
    expect_ok(j6_event_set_timer(event, now() + MS, 0));
    expect_ok(j6_object_wait(event, TIMER, NULL, j6_deadline_never));
    expect_ok(j6_handle_close(event));
}

SAMPLE_TEST(a_periodic_timer_comes_due_after_each_period)
{
    enum { TIMES = 5 };
    j6_handle_t event = event_new();
    j6_time_t start = now() + 2 * MS;
    expect_ok(j6_event_set_timer(event, start, MS));
    for (int i = 0; i < TIMES; i++) {
        expect_ok(j6_object_wait(event, TIMER, NULL, j6_deadline_never));
        expect(now() >= start + (uint64_t)i * MS);
        expect_ok(j6_object_signal(event, TIMER, 0));
    }
    struct j6_timer_info info = info_of(event);
    expect_equal(MS, info.period);
    expect(info.count >= TIMES);
    expect(info.count - info.missed >= TIMES);
    expect_equal(0, (info.deadline - start) % MS); /* it doesn't drift */
    expect_equal(start + info.count * MS, info.deadline);
    expect_ok(j6_handle_close(event));
}

TEST(a_timer_that_nobody_clears_counts_what_is_missed)
{
    j6_handle_t event = event_new();
    j6_time_t start = now();
    expect_ok(j6_event_set_timer(event, start, MS));
    expect_equal(TIMER, signals_of(event));
    expect_soon(info_of(event).count > 10);
    struct j6_timer_info info = info_of(event);
    expect(now() >= start + (info.count - 1) * MS);
    expect_equal(info.count - 1, info.missed);
    expect_equal(start + info.count * MS, info.deadline);
    expect_ok(j6_object_signal(event, TIMER, 0));
    struct j6_timer_info later = info_of(event);
    expect(later.count >= info.count);
    expect(later.deadline > info.deadline - MS);
    expect_ok(j6_event_set_timer(event, j6_deadline_never, 0));
    expect_equal(0, info_of(event).count);
    expect_equal(0, info_of(event).missed);
    expect_ok(j6_handle_close(event));
}

TEST(timers_with_a_period_of_a_nanosecond_leave_the_machine_to_others)
{
    enum { EVENTS = 50, TIMES = 20 };
    j6_handle_t events[EVENTS];
    for (int i = 0; i < EVENTS; i++) {
        events[i] = event_new();
        expect_ok(j6_event_set_timer(events[i], 1, 1));
    }
    for (int round = 0; round < TIMES; round++) {
        for (int i = 0; i < EVENTS; i++) {
            expect_ok(j6_object_wait(events[i], TIMER, NULL, j6_deadline_never));
            expect_ok(j6_object_signal(events[i], TIMER, 0));
        }
    }
    for (int i = 0; i < EVENTS; i++) {
        struct j6_timer_info info = info_of(events[i]);
        expect_equal(1 + info.count, info.deadline);
        expect(info.missed < info.count);
        expect_ok(j6_handle_close(events[i]));
    }
}

TEST(a_period_that_leads_beyond_the_end_of_time_is_the_last)
{
    j6_handle_t event = event_new();
    expect_ok(j6_event_set_timer(event, 1, INT64_MAX));
    expect_equal(1 + (uint64_t)INT64_MAX, info_of(event).deadline);
    expect_ok(j6_event_set_timer(event, ~1ull, INT64_MAX));
    expect_equal(~1ull, info_of(event).deadline);
    expect_ok(j6_handle_close(event));
}

TEST(a_timer_is_told_of_events_alone)
{
    struct j6_timer_info info;
    uint64_t len = sizeof(info);
    j6_handle_t area = area_new(1, 0);
    expect_status(j6_err_wrong_type, j6_object_info(area, j6_topic_timer, &info, &len));
    expect_ok(j6_handle_close(area));
}

TEST(a_hundred_timers_come_due_in_the_order_of_their_deadlines)
{
    enum { EVENTS = 100 };
    static j6_handle_t events[EVENTS];
    stay_on_first_cpu(); /* so all are its timers: others may stand still */
    j6_time_t start = now() + 5 * MS;
    for (uint64_t i = 0; i < EVENTS; i++) {
        events[i] = event_new();
        expect_ok(j6_event_set_timer(events[i], start + i * 37 % EVENTS * 20000, 0));
    }
    for (uint64_t i = 0; i < EVENTS; i++) {
        expect_ok(j6_object_wait(events[i], TIMER, NULL, j6_deadline_never));
        expect(now() >= start + i * 37 % EVENTS * 20000);
        for (uint64_t j = 0; j < EVENTS; j++) {
            bool before = j * 37 % EVENTS < i * 37 % EVENTS;
            expect(!before || (signals_of(events[j]) & TIMER));
        }
    }
    for (uint64_t i = 0; i < EVENTS; i++) {
        expect_ok(j6_handle_close(events[i]));
    }
    leave_first_cpu();
}

/* ---- races ---------------------------------------------------------------------------------- */

static j6_handle_t shared;
static volatile bool stop;

static int64_t set_often(void *arg)
{
    uint64_t period = (uint64_t)arg;
    for (uint64_t i = 0; !stop; i++) {
        j6_time_t at = i % 3 == 0 ? j6_deadline_never : now() + i % 7 * 10000;
        j6_status_t status = j6_event_set_timer(shared, at, at == j6_deadline_never ? 0 : period);
        if (status != j6_status_ok) {
            return (int64_t)status;
        }
        j6_object_signal(shared, TIMER, 0);
    }
    return 0;
}

TEST(a_timer_that_many_threads_set_is_what_the_last_one_said)
{
    enum { THREADS = 4 };
    struct j6_thread threads[THREADS];
    shared = event_new();
    stop = false;
    for (uint64_t i = 0; i < THREADS; i++) {
        expect_ok(j6_thread_run(&threads[i], set_often, (void *)(i * 5000), 4 * PAGE));
    }
    sleep_for(50);
    stop = true;
    for (int i = 0; i < THREADS; i++) {
        int64_t status = -1;
        expect_ok(j6_thread_join(&threads[i], &status));
        expect_equal(0, status);
    }
    expect_ok(j6_event_set_timer(shared, j6_deadline_never, 0));
    leave_time();
    expect_equal(0, signals_of(shared));
    expect_ok(j6_event_set_timer(shared, now() + MS, 0));
    expect_ok(j6_object_wait(shared, TIMER, NULL, j6_deadline_never));
    expect_ok(j6_handle_close(shared));
}

static int64_t close_armed(void *arg)
{
    (void)arg;
    for (uint64_t i = 0; i < 300; i++) {
        j6_handle_t event = event_new();
        j6_status_t status = j6_event_set_timer(event, now() + i % 30 * 2000, i % 5 * 1000);
        if (status != j6_status_ok || (i % 3 == 0 && j6_object_close(event) != j6_status_ok) ||
            j6_handle_close(event) != j6_status_ok) {
            return 1;
        }
    }
    return 0;
}

TEST(events_that_end_while_their_timers_go_off_leave_nothing)
{
    enum { THREADS = 4 };
    struct j6_thread threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        expect_ok(j6_thread_run(&threads[i], close_armed, NULL, 4 * PAGE));
    }
    for (int i = 0; i < THREADS; i++) {
        int64_t failed = -1;
        expect_ok(j6_thread_join(&threads[i], &failed));
        expect_equal(0, failed);
    }
}

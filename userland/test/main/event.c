/* SPDX-License-Identifier: MIT */
/* Events and object_signal: who may set what, who is woken by it, and the end of an event. */
#include "userland/test/main/waiter.h"

static const uint64_t FIRST = J6_SIGNAL(48);
static const uint64_t SECOND = J6_SIGNAL(49);

TEST(event_create_refuses_flags)
{
    j6_handle_t event;
    expect_status(j6_err_invalid_arg, j6_event_create(1, &event));
    expect_status(j6_err_invalid_arg, j6_event_create(1ull << 63, &event));
}

TEST(a_new_event_has_no_signals)
{
    j6_handle_t event = event_new();
    expect_equal(0, signals_of(event));
    expect_ok(j6_handle_close(event));
}

static void set_and_clear(j6_handle_t object)
{
    /* This process has said j6_ready. */
    expect_ok(j6_object_signal(object, j6_signal_user_mask, 0));
    uint64_t others = signals_of(object);
    expect_ok(j6_object_signal(object, 0, FIRST | SECOND));
    expect_equal(others | FIRST | SECOND, signals_of(object));
    expect_ok(j6_object_signal(object, FIRST, J6_SIGNAL(63)));
    expect_equal(others | SECOND | J6_SIGNAL(63), signals_of(object));
    expect_ok(j6_object_signal(object, j6_signal_user_mask, FIRST));
    expect_equal(others | FIRST, signals_of(object));
    expect_ok(j6_object_signal(object, FIRST, 0));
    expect_equal(others, signals_of(object));
}

TEST(object_signal_sets_and_clears_user_signals_of_any_object)
{
    const j6_handle_t objects[] = {event_new(), area_new(1, 0), process_new()};
    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        set_and_clear(objects[i]);
    }
    set_and_clear(j6_handle_self_process);
    set_and_clear(j6_handle_self_thread);
    set_and_clear(system_handle());
    expect_ok(j6_process_kill(objects[2], 0));
    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        expect_ok(j6_handle_close(objects[i]));
    }
}

/* Beside a bit that may be set, and one that may be cleared. */
static void refuse_bit(j6_handle_t object, unsigned bit, bool clearable)
{
    uint64_t before = signals_of(object);
    expect_status(j6_err_invalid_arg, j6_object_signal(object, FIRST, SECOND | J6_SIGNAL(bit)));
    if (!clearable) {
        expect_status(j6_err_invalid_arg, j6_object_signal(object, FIRST | J6_SIGNAL(bit), SECOND));
    }
    expect_equal(before, signals_of(object));
}

TEST(object_signal_of_any_other_bit_is_invalid_arg_and_changes_nothing)
{
    j6_handle_t event = event_new();
    j6_handle_t area = area_new(1, 0);
    expect_ok(j6_object_signal(event, 0, FIRST));
    expect_ok(j6_object_signal(area, 0, FIRST));
    for (unsigned bit = 0; bit < 48; bit++) {
        refuse_bit(event, bit, J6_SIGNAL(bit) == j6_signal_event_timer);
        refuse_bit(area, bit, false);
    }
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(area));
}

TEST(a_signal_wakes_all_who_wait_for_it_and_nobody_else)
{
    struct waiter waiters[6];
    j6_handle_t event = event_new();
    for (int i = 0; i < 6; i++) {
        waiter_start(&waiters[i], event, i < 3 ? FIRST | SECOND : J6_SIGNAL(50));
    }
    expect_ok(j6_object_signal(event, 0, SECOND | J6_SIGNAL(51)));
    for (int i = 0; i < 3; i++) {
        waiter_finish(&waiters[i], j6_status_ok);
        expect_equal(SECOND | J6_SIGNAL(51), waiters[i].signals);
    }
    for (int i = 3; i < 6; i++) {
        expect(waiter_waits(&waiters[i]));
    }
    expect_ok(j6_object_signal(event, SECOND, J6_SIGNAL(50)));
    for (int i = 3; i < 6; i++) {
        waiter_finish(&waiters[i], j6_status_ok);
    }
    expect_ok(j6_handle_close(event));
}

TEST(a_signal_wakes_a_waiter_in_another_process)
{
    j6_handle_t event = event_new();
    const struct j6_spawn_row row = {"event", event, j6_right_wait | j6_right_signal};
    j6_handle_t process = victim_start("echo_signal", "3", &row, 1);
    for (int i = 0; i < 3; i++) {
        expect_ok(j6_object_signal(event, SECOND, FIRST));
        expect_ok(j6_object_wait(event, SECOND, NULL, j6_deadline_never));
    }
    expect_equal(0, process_finish(process).code);
    expect_ok(j6_handle_close(event));
}

/* ---- the end of an event -------------------------------------------------------------------- */

TEST(closing_an_event_ends_the_waits_of_everybody)
{
    struct waiter waiters[4];
    j6_handle_t event = event_new();
    j6_handle_t copy = narrowed(event, j6_right_wait);
    for (int i = 0; i < 4; i++) {
        waiter_start(&waiters[i], i & 1 ? copy : event, i < 2 ? FIRST : FIRST | j6_signal_closed);
    }
    expect_ok(j6_object_close(event));
    for (int i = 0; i < 4; i++) {
        waiter_finish(&waiters[i], i < 2 ? j6_status_closed : j6_status_ok);
        expect_equal(j6_signal_closed, waiters[i].signals);
    }
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(copy));
}

TEST(a_closed_event_answers_closed)
{
    uint64_t signals = 0;
    j6_handle_t event = event_new();
    expect_ok(j6_object_signal(event, 0, FIRST));
    expect_ok(j6_object_close(event));
    expect_status(j6_status_closed, j6_object_close(event));
    expect_status(j6_status_closed, j6_object_signal(event, FIRST, 0));
    expect_status(j6_status_closed, j6_event_set_timer(event, 0, 0));
    expect_ok(j6_object_wait(event, FIRST, &signals, j6_deadline_never));
    expect_status(j6_status_closed,
                  j6_object_wait(event, J6_SIGNAL(49), &signals, j6_deadline_never));
    expect_equal(FIRST | j6_signal_closed, signals);
    expect_ok(j6_handle_close(event));
}

TEST(the_timer_of_a_closed_event_never_comes_due)
{
    j6_handle_t event = event_new();
    j6_time_t deadline = now() + 10000000;
    expect_ok(j6_event_set_timer(event, deadline, 0));
    expect_ok(j6_object_close(event));
    uint64_t signals = signals_of(event); /* this machine may be slow */
    expect_ok(j6_thread_sleep(deadline + 2000000));
    expect_equal(signals, signals_of(event));
    expect_ok(j6_handle_close(event));
}

TEST(object_signal_on_a_process_that_has_ended_is_closed)
{
    j6_handle_t process = process_ended();
    uint64_t before = signals_of(process);
    expect_status(j6_status_closed, j6_object_signal(process, 0, FIRST));
    expect_equal(before, signals_of(process));
    expect_ok(j6_handle_close(process));
}

/* ---- races ---------------------------------------------------------------------------------- */

static const uint64_t PING = J6_SIGNAL(52);
static const uint64_t PONG = J6_SIGNAL(53);

struct player {
    j6_handle_t event;
    uint64_t wait;
    uint64_t answer;
    struct j6_thread thread;
};

static int64_t play(void *arg)
{
    const struct player *player = arg;
    uint64_t rounds = race_rounds(150);
    for (uint64_t i = 0; i < rounds; i++) {
        j6_time_t lost = now() + PATIENCE;
        j6_status_t status = j6_object_wait(player->event, player->wait, NULL, lost);
        if (status != j6_status_ok) {
            return (int64_t)i + 1;
        }
        status = j6_object_signal(player->event, player->wait, player->answer);
        if (status != j6_status_ok) {
            return -1;
        }
    }
    return 0;
}

TEST(no_signal_is_lost_between_threads_that_wait_for_each_other)
{
    enum { PAIRS = 3 };
    struct player players[2 * PAIRS];
    for (int i = 0; i < 2 * PAIRS; i++) {
        players[i] = i & 1 ? (struct player){players[i - 1].event, PONG, PING, {0}}
                           : (struct player){event_new(), PING, PONG, {0}};
        expect_ok(j6_thread_run(&players[i].thread, play, &players[i], 4 * PAGE));
    }
    for (int i = 0; i < 2 * PAIRS; i += 2) {
        expect_ok(j6_object_signal(players[i].event, 0, PING));
    }
    for (int i = 0; i < 2 * PAIRS; i++) {
        int64_t lost = -1;
        expect_ok(j6_thread_join(&players[i].thread, &lost));
        expect_equal(0, lost);
    }
    for (int i = 0; i < 2 * PAIRS; i += 2) {
        expect_ok(j6_handle_close(players[i].event));
    }
}

/* Waits with a deadline so short that it ends at about the same time as the event does. */
static int64_t wait_shortly(void *arg)
{
    const struct player *player = arg;
    j6_status_t status;
    do {
        status = j6_object_wait(player->event, FIRST, NULL, now() + 20000);
    } while (status == j6_status_ok || status == j6_status_timed_out);
    return status != j6_status_closed && status != j6_status_destroyed &&
           status != j6_err_bad_handle;
}

TEST(waits_that_end_by_signal_time_out_and_close_at_once_end_one_way)
{
    enum { THREADS = 4 };
    uint64_t rounds = race_rounds(15);
    for (uint64_t round = 0; round < rounds; round++) {
        struct player waiters[THREADS];
        j6_handle_t event = event_new();
        for (int i = 0; i < THREADS; i++) {
            waiters[i].event = event;
            expect_ok(j6_thread_run(&waiters[i].thread, wait_shortly, &waiters[i], 4 * PAGE));
        }
        for (int i = 0; i < 20; i++) {
            expect_ok(j6_object_signal(event, i & 1 ? FIRST : 0, i & 1 ? 0 : FIRST));
        }
        expect_ok(round & 1 ? j6_object_close(event) : j6_handle_close(event));
        for (int i = 0; i < THREADS; i++) {
            int64_t unexpected = -1;
            expect_ok(j6_thread_join(&waiters[i].thread, &unexpected));
            expect_equal(0, unexpected);
        }
        if (round & 1) {
            expect_ok(j6_handle_close(event));
        }
    }
}

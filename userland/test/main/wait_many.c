/* SPDX-License-Identifier: MIT */
/* object_wait_many: one wait for several objects. */
#include "lib/string.h"
#include "userland/test/main/look.h"

enum { ITEMS = 64 };

static const uint64_t FIRST = J6_SIGNAL(48);
static const uint64_t SECOND = J6_SIGNAL(49);
static const uint64_t UNTOUCHED = 0x1122334455667788;

static struct j6_wait_item items[ITEMS + 1];

static void items_make(int count, uint64_t mask)
{
    for (int i = 0; i < count; i++) {
        items[i] = (struct j6_wait_item){event_new(), mask, UNTOUCHED};
    }
}

static void items_close(int count)
{
    for (int i = 0; i < count; i++) {
        expect_ok(j6_handle_close(items[i].handle));
    }
}

static void expect_signals(int count, int place, uint64_t signals)
{
    for (int i = 0; i < count; i++) {
        expect_equal(i == place ? signals : 0, items[i].signals);
        items[i].signals = UNTOUCHED;
    }
}

TEST(a_wait_takes_between_1_and_64_objects)
{
    items_make(ITEMS, FIRST);
    expect_status(j6_err_invalid_arg, j6_object_wait_many(items, 0, j6_deadline_poll));
    expect_status(j6_err_out_of_range, j6_object_wait_many(items, ITEMS + 1, j6_deadline_poll));
    expect_status(j6_err_out_of_range, j6_object_wait_many(items, 1ull << 32, j6_deadline_poll));
    expect_status(j6_err_out_of_range, j6_object_wait_many(items, ~0ull, j6_deadline_poll));
    expect_equal(UNTOUCHED, items[0].signals);
    expect_status(j6_status_would_block, j6_object_wait_many(items, ITEMS, j6_deadline_poll));
    expect_signals(ITEMS, -1, 0);
    expect_status(j6_status_would_block, j6_object_wait_many(items, 1, j6_deadline_poll));
    items_close(ITEMS);
}

TEST(a_wait_for_many_refuses_any_bad_handle_and_then_any_without_the_right_wait)
{
    items_make(3, FIRST);
    expect_ok(j6_object_signal(items[0].handle, 0, FIRST));
    j6_handle_t good = items[1].handle;
    j6_handle_t lacking = without(good, j6_right_wait);
    items[1].handle = lacking;
    expect_status(j6_err_denied, j6_object_wait_many(items, 3, j6_deadline_never));
    j6_handle_t last = items[2].handle;
    items[2].handle = last ^ j6_right_wait;
    expect_status(j6_err_bad_handle, j6_object_wait_many(items, 3, j6_deadline_never));
    items[2].handle = j6_handle_none;
    expect_status(j6_err_bad_handle, j6_object_wait_many(items, 3, j6_deadline_never));
    for (int i = 0; i < 3; i++) {
        expect_equal(UNTOUCHED, items[i].signals);
    }
    items[1].handle = good;
    items[2].handle = last;
    expect_ok(j6_handle_close(lacking));
    items_close(3);
}

TEST(a_wait_for_many_returns_at_once_with_the_signals_of_all_every_time)
{
    items_make(ITEMS, FIRST);
    for (int place = 0; place < ITEMS; place += 21) {
        expect_ok(j6_object_signal(items[place].handle, 0, FIRST | SECOND));
        expect_ok(j6_object_wait_many(items, ITEMS, j6_deadline_poll));
        expect_signals(ITEMS, place, FIRST | SECOND);
        expect_ok(j6_object_wait_many(items, ITEMS, j6_deadline_never));
        expect_signals(ITEMS, place, FIRST | SECOND);
        expect_ok(j6_object_signal(items[place].handle, FIRST | SECOND, 0));
    }
    items_close(ITEMS);
}

TEST(a_wait_for_many_times_out_with_the_signals_of_all)
{
    items_make(5, FIRST);
    expect_ok(j6_object_signal(items[3].handle, 0, SECOND));
    j6_time_t deadline = now() + 2000000;
    expect_status(j6_status_timed_out, j6_object_wait_many(items, 5, deadline));
    expect(now() >= deadline);
    expect_signals(5, 3, SECOND);
    expect_status(j6_status_timed_out, j6_object_wait_many(items, 5, 1));
    expect_signals(5, 3, SECOND);
    items_close(5);
}

TEST(a_wait_for_many_takes_the_same_object_more_than_once)
{
    items_make(1, FIRST);
    items[1] = (struct j6_wait_item){items[0].handle, SECOND, UNTOUCHED};
    items[2] = (struct j6_wait_item){j6_handle_self_process, FIRST, UNTOUCHED};
    expect_ok(j6_object_signal(items[0].handle, 0, SECOND));
    expect_ok(j6_object_wait_many(items, 3, j6_deadline_never));
    expect_equal(SECOND, items[0].signals);
    expect_equal(SECOND, items[1].signals);
    items_close(1);
}

TEST(a_wanted_signal_counts_more_than_a_closed_object)
{
    items_make(3, FIRST);
    expect_ok(j6_object_close(items[0].handle));
    expect_status(j6_status_closed, j6_object_wait_many(items, 3, j6_deadline_never));
    expect_signals(3, 0, j6_signal_closed);
    expect_ok(j6_object_signal(items[2].handle, 0, FIRST));
    expect_ok(j6_object_wait_many(items, 3, j6_deadline_never));
    expect_equal(j6_signal_closed, items[0].signals);
    expect_equal(FIRST, items[2].signals);
    items[0].mask = j6_signal_closed;
    expect_ok(j6_object_wait_many(items, 1, j6_deadline_never));
    items_close(3);
}

/* ---- waiting threads ------------------------------------------------------------------------ */

struct many_waiter {
    struct j6_wait_item *items;
    uint64_t count;
    j6_time_t deadline;
    volatile j6_status_t status;
    struct j6_thread thread;
};

static int64_t wait_for_many(void *arg)
{
    struct many_waiter *waiter = arg;
    waiter->status = j6_object_wait_many(waiter->items, waiter->count, waiter->deadline);
    return 0;
}

static void start(struct many_waiter *waiter, struct j6_wait_item *for_items, uint64_t count)
{
    *waiter = (struct many_waiter){
        .items = for_items, .count = count, j6_deadline_never, .status = j6_err_unexpected};
    expect_ok(j6_thread_run(&waiter->thread, wait_for_many, waiter, 4 * PAGE));
    thread_blocks(waiter->thread.handle, j6_wait_many);
}

static void finish(struct many_waiter *waiter, j6_status_t wanted)
{
    expect_ok(j6_thread_join(&waiter->thread, NULL));
    expect_status(wanted, waiter->status);
}

TEST(any_one_of_64_objects_ends_the_wait_for_them)
{
    struct many_waiter waiter;
    items_make(ITEMS, FIRST);
    for (int place = 0; place < ITEMS; place += 9) {
        start(&waiter, items, ITEMS);
        expect_ok(j6_object_signal(items[place].handle, 0, SECOND));
        expect_ok(j6_object_signal(items[place].handle, 0, FIRST));
        finish(&waiter, j6_status_ok);
        expect_signals(ITEMS, place, FIRST | SECOND);
        expect_ok(j6_object_signal(items[place].handle, FIRST | SECOND, 0));
    }
    items_close(ITEMS);
}

TEST(a_signal_that_ended_a_wait_is_told_though_it_was_cleared_at_once)
{
    struct many_waiter waiter;
    items_make(2, FIRST);
    for (uint64_t i = 0; i < race_rounds(15); i++) {
        start(&waiter, items, 2);
        expect_ok(j6_object_signal(items[1].handle, 0, FIRST));
        expect_ok(j6_object_signal(items[1].handle, FIRST, 0));
        finish(&waiter, j6_status_ok);
        expect_signals(2, 1, FIRST);
    }
    items_close(2);
}

TEST(the_end_of_any_object_ends_the_wait_for_many)
{
    struct many_waiter waiter;
    items_make(4, FIRST);
    expect_ok(j6_object_signal(items[3].handle, 0, SECOND));
    start(&waiter, items, 4);
    expect_ok(j6_object_close(items[2].handle));
    finish(&waiter, j6_status_closed);
    expect_equal(j6_signal_closed, items[2].signals);
    expect_equal(SECOND, items[3].signals);
    start(&waiter, items, 2);
    expect_ok(j6_handle_close(items[1].handle));
    finish(&waiter, j6_status_destroyed);
    expect_equal(0, items[0].signals);
    expect_equal(j6_signal_no_handles, items[1].signals);
    items[1] = items[3];
    items_close(3);
}

TEST(closing_the_handles_of_a_wait_for_many_does_not_disturb_it_while_the_objects_live)
{
    struct many_waiter waiter;
    struct j6_wait_item copies[2];
    items_make(2, FIRST);
    for (int i = 0; i < 2; i++) {
        copies[i] =
            (struct j6_wait_item){narrowed(items[i].handle, j6_right_wait), FIRST, UNTOUCHED};
    }
    start(&waiter, copies, 2);
    expect_ok(j6_handle_close(copies[0].handle));
    expect_ok(j6_handle_close(copies[1].handle));
    leave_time();
    expect_status(j6_err_unexpected, waiter.status);
    expect_ok(j6_object_signal(items[1].handle, 0, FIRST));
    finish(&waiter, j6_status_ok);
    expect_equal(0, copies[0].signals);
    expect_equal(FIRST, copies[1].signals);
    items_close(2);
}

TEST(signals_that_cannot_be_told_any_more_are_bad_address)
{
    struct many_waiter waiter;
    j6_handle_t area = area_new(1, 0);
    struct j6_wait_item *there = (struct j6_wait_item *)area_map(area, READ_WRITE);
    items_make(2, FIRST);
    memcpy(there, items, 2 * sizeof(items[0]));
    start(&waiter, there, 2);
    area_unmap(area, there);
    expect_ok(j6_object_signal(items[0].handle, 0, FIRST));
    finish(&waiter, j6_err_bad_address);
    items_close(2);
    expect_ok(j6_handle_close(area));
}

TEST(a_wait_for_many_sees_its_items_as_they_were_when_it_began)
{
    struct many_waiter waiter;
    items_make(2, FIRST);
    start(&waiter, items, 2);
    struct j6_wait_item before = items[0];
    items[0] = (struct j6_wait_item){0, SECOND, UNTOUCHED};
    expect_ok(j6_object_signal(before.handle, 0, SECOND));
    leave_time();
    expect_status(j6_err_unexpected, waiter.status);
    expect_ok(j6_object_signal(before.handle, 0, FIRST));
    finish(&waiter, j6_status_ok);
    expect_equal(0, items[0].handle);
    expect_equal(SECOND, items[0].mask);
    expect_equal(FIRST | SECOND, items[0].signals);
    items[0] = before;
    items_close(2);
}

static uint64_t memory_left(void)
{
    struct j6_account_info account = {0};
    uint64_t len = sizeof(account);
    expect_ok(j6_object_info(j6_handle_self_process, j6_topic_account, &account, &len));
    return account.memory;
}

/* Of threads that wait for events of which some never come. */
TEST(what_a_wait_for_many_takes_comes_back_when_its_process_is_killed)
{
    j6_handle_t event = event_new();
    uint64_t before = memory_left();
    for (int i = 0; i < 8; i++) {
        const struct j6_spawn_row row = {"event", event, j6_right_wait | j6_right_signal};
        j6_handle_t process = victim_start("wait_many", "8", &row, 1);
        threads_block(process, (uint64_t)i, j6_wait_many);
        expect_ok(j6_process_kill(process, 3));
        if (i & 1) {
            expect_ok(j6_object_signal(event, 0, FIRST));
            expect_ok(j6_object_signal(event, FIRST, 0));
        }
        expect_equal(j6_reason_killed, process_finish(process).reason);
    }
    expect_soon(memory_left() == before); /* objects are freed a little after their end */
    expect_ok(j6_handle_close(event));
}

/* ---- races ---------------------------------------------------------------------------------- */

enum { STATIONS = 6 };

static j6_handle_t stations[STATIONS];

/*
 * Each runner waits at all stations for a signal of his own, clears it where he finds it, and passes it
 * on to the next runner at another.
 */
struct runner {
    uint64_t number;
    uint64_t runners;
    struct j6_thread thread;
};

static bool pass_on(const struct runner *runner, struct j6_wait_item *places, uint64_t lap)
{
    uint64_t mine = J6_SIGNAL(48 + runner->number);
    uint64_t next = J6_SIGNAL(48 + (runner->number + 1) % runner->runners);
    for (uint64_t i = 0; i < STATIONS; i++) {
        if (places[i].signals & mine) {
            return j6_object_signal(stations[i], mine, 0) == j6_status_ok &&
                   j6_object_signal(stations[(i + lap) % STATIONS], 0, next) == j6_status_ok;
        }
    }
    return false;
}

static int64_t run_laps(void *arg)
{
    const struct runner *runner = arg;
    struct j6_wait_item places[STATIONS];
    for (int i = 0; i < STATIONS; i++) {
        places[i] = (struct j6_wait_item){stations[i], J6_SIGNAL(48 + runner->number), 0};
    }
    uint64_t laps = race_rounds(100);
    for (uint64_t lap = 0; lap < laps; lap++) {
        j6_time_t lost = now() + PATIENCE;
        if (j6_object_wait_many(places, STATIONS, lost) != j6_status_ok ||
            !pass_on(runner, places, lap)) {
            return (int64_t)lap + 1;
        }
    }
    return 0;
}

TEST(no_signal_is_lost_in_waits_for_many)
{
    enum { RUNNERS = 4 };
    struct runner runners[RUNNERS];
    for (int i = 0; i < STATIONS; i++) {
        stations[i] = event_new();
    }
    for (uint64_t i = 0; i < RUNNERS; i++) {
        runners[i] = (struct runner){.number = i, .runners = RUNNERS};
        expect_ok(j6_thread_run(&runners[i].thread, run_laps, &runners[i], 4 * PAGE));
    }
    expect_ok(j6_object_signal(stations[0], 0, J6_SIGNAL(48)));
    for (int i = 0; i < RUNNERS; i++) {
        int64_t lost = -1;
        expect_ok(j6_thread_join(&runners[i].thread, &lost));
        expect_equal(0, lost);
    }
    for (int i = 0; i < STATIONS; i++) {
        expect_ok(j6_handle_close(stations[i]));
    }
}

static volatile bool stop;

static int64_t wait_shortly(void *arg)
{
    struct j6_wait_item mine[4];
    memcpy(mine, arg, sizeof(mine));
    j6_status_t status = j6_status_ok;
    while (!stop && (status == j6_status_ok || status == j6_status_timed_out)) {
        status = j6_object_wait_many(mine, 4, now() + 30000);
    }
    return status != j6_status_ok && status != j6_status_timed_out && status != j6_status_closed &&
           status != j6_status_destroyed && status != j6_err_bad_handle;
}

TEST(waits_for_many_that_end_in_several_ways_at_once_leave_nothing)
{
    enum { THREADS = 4 };
    uint64_t rounds = race_rounds(15);
    for (uint64_t round = 0; round < rounds; round++) {
        struct j6_thread threads[THREADS];
        stop = false;
        items_make(4, FIRST);
        for (int i = 0; i < THREADS; i++) {
            expect_ok(j6_thread_run(&threads[i], wait_shortly, items, 4 * PAGE));
        }
        for (int i = 0; i < 20; i++) {
            expect_ok(j6_object_signal(items[i % 4].handle, i & 8 ? FIRST : 0, i & 8 ? 0 : FIRST));
        }
        expect_ok(round & 1 ? j6_object_close(items[2].handle) : j6_status_ok);
        items_close(4);
        stop = true;
        for (int i = 0; i < THREADS; i++) {
            int64_t unexpected = -1;
            expect_ok(j6_thread_join(&threads[i], &unexpected));
            expect_equal(0, unexpected);
        }
    }
}

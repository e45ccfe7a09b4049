/* SPDX-License-Identifier: MIT */
/* Mutexes, condition variables, semaphores and once, of libj6. */
#include "userland/test/main/util.h"
#include "userland/test/shared_sum.h"

enum { THREADS = 4 };

static const j6_time_t MS = 1000000;

static struct j6_thread threads[THREADS];

static void start_all(int64_t (*run)(void *arg))
{
    for (uint64_t i = 0; i < THREADS; i++) {
        expect_ok(j6_thread_run(&threads[i], run, (void *)i, 4 * PAGE));
    }
}

static void finish_all(void)
{
    for (int i = 0; i < THREADS; i++) {
        int64_t wrong = -1;
        expect_ok(j6_thread_join(&threads[i], &wrong));
        expect_equal(0, wrong);
    }
}

/* ---- mutex ---------------------------------------------------------------------------------- */

TEST(a_mutex_is_had_by_one_at_a_time)
{
    struct j6_mutex mutex = {0};
    j6_mutex_lock(&mutex);
    expect(!j6_mutex_try_lock(&mutex));
    expect_status(j6_status_would_block, j6_mutex_lock_until(&mutex, j6_deadline_poll));
    j6_time_t deadline = now() + 2 * MS;
    expect_status(j6_status_timed_out, j6_mutex_lock_until(&mutex, deadline));
    expect(now() >= deadline);
    j6_mutex_unlock(&mutex);
    expect_ok(j6_mutex_lock_until(&mutex, j6_deadline_poll));
    j6_mutex_unlock(&mutex);
    expect(j6_mutex_try_lock(&mutex));
    j6_mutex_unlock(&mutex);
}

static struct {
    struct j6_mutex mutex;
    uint64_t sum; /* guarded by the mutex */
    uint64_t inside;
} counter;

static int64_t count_up(void *arg)
{
    uint64_t rounds = race_rounds(2000);
    for (uint64_t i = 0; i < rounds; i++) {
        j6_mutex_lock(&counter.mutex);
        uint64_t others = counter.inside++;
        uint64_t sum = counter.sum;
        if (i % 64 == (uint64_t)arg) {
            j6_thread_sleep(0); /* others come meanwhile */
        }
        counter.sum = sum + 1;
        counter.inside--;
        j6_mutex_unlock(&counter.mutex);
        if (others != 0) {
            return (int64_t)others;
        }
    }
    return 0;
}

TEST(a_mutex_guards_a_counter_that_many_threads_count_up)
{
    counter.sum = 0;
    start_all(count_up);
    finish_all();
    expect_equal(THREADS * race_rounds(2000), counter.sum);
    expect_equal(0, counter.mutex.state);
}

static int64_t lock_shortly(void *arg)
{
    uint64_t rounds = race_rounds(100);
    for (uint64_t i = 0; i < rounds; i++) {
        j6_time_t deadline = now() + (i + (uint64_t)arg) % 5 * 10000;
        j6_status_t status = j6_mutex_lock_until(&counter.mutex, deadline);
        if (status == j6_status_ok) {
            j6_thread_sleep(0);
            counter.sum++;
            j6_mutex_unlock(&counter.mutex);
        } else if (status != j6_status_timed_out) {
            return (int64_t)status;
        }
    }
    return 0;
}

TEST(a_mutex_that_some_give_up_waiting_for_is_free_in_the_end)
{
    start_all(lock_shortly);
    finish_all();
    expect(j6_mutex_try_lock(&counter.mutex));
    j6_mutex_unlock(&counter.mutex);
}

/* ---- condition variable --------------------------------------------------------------------- */

/* A queue with room for one, between threads that put and threads that take. */
static struct {
    struct j6_mutex mutex;
    struct j6_condition changed;
    uint64_t item; /* 0: none */
    uint64_t taken;
} slot;

static int64_t put_and_take(void *arg)
{
    uint64_t rounds = race_rounds(200);
    bool puts = (uint64_t)arg % 2 == 0;
    for (uint64_t i = 1; i <= rounds; i++) {
        j6_mutex_lock(&slot.mutex);
        j6_status_t status = j6_status_ok;
        while (status == j6_status_ok && puts != (slot.item == 0)) {
            status = j6_condition_wait_until(&slot.changed, &slot.mutex, now() + 1000 * MS);
        }
        slot.taken += puts ? 0 : slot.item;
        slot.item = puts ? i : 0;
        j6_mutex_unlock(&slot.mutex);
        j6_condition_wake_all(&slot.changed);
        if (status != j6_status_ok) {
            return (int64_t)i;
        }
    }
    return 0;
}

TEST(nothing_is_lost_between_threads_that_wait_for_a_condition)
{
    uint64_t rounds = race_rounds(200);
    slot.taken = 0;
    start_all(put_and_take);
    finish_all();
    expect_equal(THREADS / 2 * (rounds * (rounds + 1) / 2), slot.taken);
}

TEST(a_wait_for_a_condition_times_out_with_the_mutex_locked)
{
    struct j6_mutex mutex = {0};
    struct j6_condition condition = {0};
    j6_mutex_lock(&mutex);
    j6_time_t deadline = now() + 2 * MS;
    expect_status(j6_status_timed_out, j6_condition_wait_until(&condition, &mutex, deadline));
    expect(now() >= deadline);
    expect(!j6_mutex_try_lock(&mutex));
    expect_status(j6_status_would_block,
                  j6_condition_wait_until(&condition, &mutex, j6_deadline_poll));
    expect(!j6_mutex_try_lock(&mutex));
    j6_mutex_unlock(&mutex);
    j6_condition_wake_one(&condition); /* nobody waits */
    j6_condition_wake_all(&condition);
}

static struct {
    struct j6_mutex mutex;
    struct j6_condition go;
    uint64_t tickets;
    uint64_t waiting;
} gate;

static int64_t take_ticket(void *arg)
{
    (void)arg;
    j6_mutex_lock(&gate.mutex);
    gate.waiting++;
    while (gate.tickets == 0) {
        j6_condition_wait(&gate.go, &gate.mutex);
    }
    gate.tickets--;
    gate.waiting--;
    j6_mutex_unlock(&gate.mutex);
    return 0;
}

static uint64_t waiting_at_gate(void)
{
    j6_mutex_lock(&gate.mutex);
    uint64_t waiting = gate.waiting;
    j6_mutex_unlock(&gate.mutex);
    return waiting;
}

TEST(waking_one_lets_one_go_on_and_waking_all_lets_all)
{
    start_all(take_ticket);
    while (waiting_at_gate() < THREADS) {
        sleep_for(1);
    }
    j6_mutex_lock(&gate.mutex);
    gate.tickets = 1;
    j6_mutex_unlock(&gate.mutex);
    j6_condition_wake_one(&gate.go);
    while (waiting_at_gate() == THREADS) {
        sleep_for(1);
    }
    expect_equal(THREADS - 1, waiting_at_gate());
    j6_mutex_lock(&gate.mutex);
    gate.tickets = THREADS - 1;
    j6_mutex_unlock(&gate.mutex);
    j6_condition_wake_all(&gate.go);
    finish_all();
    expect_equal(0, gate.waiting);
}

/* ---- semaphore ------------------------------------------------------------------------------ */

TEST(a_semaphore_gives_as_many_as_were_posted)
{
    struct j6_semaphore semaphore = {0};
    expect(!j6_semaphore_try_wait(&semaphore));
    expect_status(j6_status_would_block, j6_semaphore_wait_until(&semaphore, j6_deadline_poll));
    expect_status(j6_status_timed_out, j6_semaphore_wait_until(&semaphore, now() + MS));
    j6_semaphore_post(&semaphore, 3);
    j6_semaphore_wait(&semaphore);
    expect(j6_semaphore_try_wait(&semaphore));
    expect_ok(j6_semaphore_wait_until(&semaphore, j6_deadline_never));
    expect(!j6_semaphore_try_wait(&semaphore));
}

static struct j6_semaphore passes[2];

/* Half of the threads pass what they get from one semaphore to the other, half the other way. */
static int64_t pass_things(void *arg)
{
    uint64_t from = (uint64_t)arg % 2;
    uint64_t rounds = race_rounds(100);
    for (uint64_t i = 1; i <= rounds; i++) {
        if (j6_semaphore_wait_until(&passes[from], now() + 1000 * MS) != j6_status_ok) {
            return (int64_t)i;
        }
        j6_semaphore_post(&passes[!from], 1);
    }
    return 0;
}

TEST(nothing_that_is_posted_is_lost)
{
    j6_semaphore_post(&passes[0], 1);
    start_all(pass_things);
    finish_all();
    expect_equal(1, passes[0].count + passes[1].count);
    passes[0].count = 0;
    passes[1].count = 0;
}

/* ---- once ----------------------------------------------------------------------------------- */

static struct j6_once once;
static uint64_t times_run;
static uint64_t value_made;

static void make_value(void)
{
    times_run++;
    sleep_for(3);
    value_made = 77;
}

static int64_t need_value(void *arg)
{
    (void)arg;
    j6_once(&once, make_value);
    return value_made == 77 ? 0 : 1;
}

TEST(what_is_done_once_has_been_done_when_anybody_returns)
{
    start_all(need_value);
    finish_all();
    j6_once(&once, make_value);
    expect_equal(1, times_run);
}

/* ---- between processes ---------------------------------------------------------------------- */

TEST(a_mutex_in_a_shared_area_guards_what_two_processes_count_up)
{
    enum { TIMES = 500 };
    j6_handle_t area = area_new(1, 0);
    struct shared_sum *shared = (struct shared_sum *)area_map(area, READ_WRITE);
    j6_handle_t process = victim_start_sharing("count_up", "500", area);
    shared_sum_count_up(shared, TIMES);
    expect_equal(0, process_finish(process).code);
    expect_equal(2 * TIMES, shared->sum);
    area_unmap(area, shared);
    expect_ok(j6_handle_close(area));
}

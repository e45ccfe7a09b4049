/* SPDX-License-Identifier: MIT */
/* futex_wait and futex_wake: who waits at which word, and what ends that. */
#include "userland/test/main/look.h"

/* A thread that waits at a word, and what it was told. */
struct sleeper {
    uint32_t *word;
    uint32_t value;
    j6_time_t deadline;
    uint32_t turn; /* the how manieth of all that were woken */
    j6_status_t status;
    struct j6_thread thread;
};

static uint32_t turns;

static int64_t sleep_at_word(void *arg)
{
    struct sleeper *sleeper = arg;
    j6_status_t status = j6_futex_wait(sleeper->word, sleeper->value, sleeper->deadline);
    sleeper->turn = __atomic_add_fetch(&turns, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&sleeper->status, status, __ATOMIC_RELEASE);
    return 0;
}

static bool sleeps(const struct sleeper *sleeper)
{
    return __atomic_load_n(&sleeper->status, __ATOMIC_ACQUIRE) == j6_err_unexpected;
}

static bool waits_at_word(const struct sleeper *sleeper)
{
    return thread_waits(j6_handle_self_process, sleeper->thread.handle, j6_wait_futex);
}

/* When it returns the sleeper waits, or its deadline has passed. */
static void start_until(struct sleeper *sleeper, uint32_t *word, j6_time_t deadline)
{
    *sleeper = (struct sleeper){
        .word = word, .value = *word, .deadline = deadline, .status = j6_err_unexpected};
    expect_ok(j6_thread_run(&sleeper->thread, sleep_at_word, sleeper, 4 * PAGE));
    expect_soon(waits_at_word(sleeper) || !sleeps(sleeper));
}

static void start(struct sleeper *sleeper, uint32_t *word)
{
    start_until(sleeper, word, j6_deadline_never);
    expect(waits_at_word(sleeper));
}

static void finish(struct sleeper *sleeper, j6_status_t wanted)
{
    expect_ok(j6_thread_join(&sleeper->thread, NULL));
    expect_status(wanted, sleeper->status);
}

static void wake_and_finish(uint32_t *word, struct sleeper *sleeper)
{
    expect_ok(j6_futex_wake(word, 1));
    finish(sleeper, j6_status_ok);
}

/* ---- one word ------------------------------------------------------------------------------- */

TEST(a_word_that_has_changed_is_not_waited_at)
{
    uint32_t word = 7;
    expect_status(j6_status_futex_changed, j6_futex_wait(&word, 8, j6_deadline_never));
    expect_status(j6_status_futex_changed, j6_futex_wait(&word, 8, j6_deadline_poll));
    expect_status(j6_status_futex_changed, j6_futex_wait(&word, 6, 1));
}

TEST(a_wait_at_a_word_ends_at_its_deadline_and_not_before)
{
    uint32_t word = 7;
    j6_time_t deadline = now() + 2000000;
    expect_status(j6_status_would_block, j6_futex_wait(&word, 7, j6_deadline_poll));
    expect_status(j6_status_timed_out, j6_futex_wait(&word, 7, 1));
    expect_status(j6_status_timed_out, j6_futex_wait(&word, 7, deadline));
    expect(now() >= deadline);
}

TEST(words_must_be_aligned)
{
    uint32_t words[2] = {0};
    for (uint64_t i = 1; i < 4; i++) {
        uint32_t *word = (uint32_t *)((uint64_t)words + i);
        expect_status(j6_err_invalid_arg, j6_futex_wait(word, 0, j6_deadline_poll));
        expect_status(j6_err_invalid_arg, j6_futex_wake(word, 1));
    }
    expect_status(j6_err_invalid_arg, j6_futex_wait((uint32_t *)~0ull, 0, j6_deadline_poll));
}

TEST(words_must_lie_where_the_caller_can_read)
{
    j6_handle_t area = area_new(1, 0);
    char *reserved = area_map(area, 0);
    const uint64_t bad[] = {
        0,
        far_place(),
        (uint64_t)reserved,
        0x00007ffffffefffc,
        0x00007ffffffffffc,
        0x0000800000000000,
        0xffff800000000000,
        0xffffffff80000000,
        0xfffffffffffffffc,
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const uint32_t *word = (const uint32_t *)bad[i];
        expect_status(j6_err_bad_address, j6_futex_wait(word, 0, j6_deadline_poll));
        expect_status(j6_err_bad_address, j6_futex_wake(word, 1));
    }
    area_unmap(area, reserved);
    expect_ok(j6_handle_close(area));
}

TEST(a_word_in_a_page_that_was_never_touched_is_0)
{
    j6_handle_t area = area_new(2, 0);
    uint32_t *writable = (uint32_t *)area_map(area, READ_WRITE);
    uint32_t *readable = (uint32_t *)area_map(area, j6_map_read);
    expect_status(j6_status_would_block, j6_futex_wait(writable, 0, j6_deadline_poll));
    expect_status(j6_status_would_block, j6_futex_wait(readable + 1024, 0, j6_deadline_poll));
    uint64_t len = 2 * PAGE;
    writable[1024] = 5;
    expect_status(j6_status_would_block, j6_futex_wait(readable + 1024, 5, j6_deadline_poll));
    expect_ok(j6_vma_op_range(area, j6_op_decommit, 0, &len));
    expect_status(j6_status_would_block, j6_futex_wait(readable + 1024, 0, j6_deadline_poll));
    area_unmap(area, writable);
    area_unmap(area, readable);
    expect_ok(j6_handle_close(area));
}

TEST(those_who_wait_longest_are_woken_first)
{
    enum { SLEEPERS = 6 };
    struct sleeper sleepers[SLEEPERS];
    uint32_t word = 1;
    turns = 0;
    for (int i = 0; i < SLEEPERS; i++) {
        start(&sleepers[i], &word);
    }
    for (uint32_t i = 0; i < SLEEPERS; i++) {
        wake_and_finish(&word, &sleepers[i]);
        expect_equal(i + 1, sleepers[i].turn);
    }
}

TEST(a_wake_wakes_as_many_as_it_says)
{
    enum { SLEEPERS = 5 };
    struct sleeper sleepers[SLEEPERS];
    uint32_t word = 1;
    for (int i = 0; i < SLEEPERS; i++) {
        start(&sleepers[i], &word);
    }
    expect_ok(j6_futex_wake(&word, 0));
    leave_time();
    expect(sleeps(&sleepers[0]));
    expect_ok(j6_futex_wake(&word, 2));
    finish(&sleepers[0], j6_status_ok);
    finish(&sleepers[1], j6_status_ok);
    leave_time();
    for (int i = 2; i < SLEEPERS; i++) {
        expect(sleeps(&sleepers[i]));
    }
    expect_ok(j6_futex_wake(&word, ~0ull));
    for (int i = 2; i < SLEEPERS; i++) {
        finish(&sleepers[i], j6_status_ok);
    }
    expect_ok(j6_futex_wake(&word, 1)); /* nobody: that is no mistake */
}

static int64_t stay_in_crowd(void *arg)
{
    return (int64_t)j6_futex_wait(arg, 0, j6_deadline_never);
}

TEST(one_wake_reaches_hundreds_of_threads)
{
    enum { CROWD = 300 };
    static struct j6_thread crowd[CROWD];
    static uint32_t word;
    for (int i = 0; i < CROWD; i++) {
        expect_ok(j6_thread_run(&crowd[i], stay_in_crowd, &word, PAGE));
    }
    threads_block(j6_handle_self_process, CROWD, j6_wait_futex);
    expect_ok(j6_futex_wake(&word, ~0ull));
    for (int i = 0; i < CROWD; i++) {
        int64_t status = -1;
        expect_ok(j6_thread_join(&crowd[i], &status));
        expect_equal(0, status);
    }
}

/* ---- which word it is ----------------------------------------------------------------------- */

TEST(a_wake_reaches_nobody_at_other_words)
{
    struct sleeper sleeper;
    uint32_t words[3] = {0};
    j6_handle_t areas[2] = {area_new(1, 0), area_new(1, 0)};
    uint32_t *first = (uint32_t *)area_map(areas[0], READ_WRITE);
    uint32_t *second = (uint32_t *)area_map(areas[1], READ_WRITE);
    start(&sleeper, &words[1]);
    expect_ok(j6_futex_wake(&words[0], ~0ull));
    expect_ok(j6_futex_wake(&words[2], ~0ull));
    leave_time();
    expect(sleeps(&sleeper));
    wake_and_finish(&words[1], &sleeper);
    start(&sleeper, first);
    expect_ok(j6_futex_wake(second, ~0ull));
    leave_time();
    expect(sleeps(&sleeper));
    wake_and_finish(first, &sleeper);
    area_unmap(areas[0], first);
    area_unmap(areas[1], second);
    expect_ok(j6_handle_close(areas[0]));
    expect_ok(j6_handle_close(areas[1]));
}

TEST(a_word_is_the_same_wherever_its_area_is_mapped)
{
    struct sleeper sleeper;
    uint64_t part = 0;
    j6_handle_t area = area_new(3, 0);
    uint32_t *whole = (uint32_t *)area_map(area, READ_WRITE);
    expect_ok(j6_vma_map(area, j6_handle_self_process, &part, PAGE, PAGE, j6_map_read));
    start(&sleeper, whole + 1024 + 3);
    wake_and_finish((uint32_t *)part + 3, &sleeper);
    start(&sleeper, (uint32_t *)part + 1023);
    wake_and_finish(whole + 2047, &sleeper);
    area_unmap(area, whole);
    area_unmap(area, (void *)part);
    expect_ok(j6_handle_close(area));
}

SAMPLE_TEST(a_word_is_the_same_in_two_processes)
{
    j6_handle_t area = area_new(2, 0);
    uint32_t *words = (uint32_t *)area_map(area, READ_WRITE);
    j6_handle_t process = victim_start_sharing("futex_echo", "200", area);
    for (uint32_t i = 0; i < 200; i++) {
        __atomic_store_n(&words[0], i + 1, __ATOMIC_SEQ_CST);
        expect_ok(j6_futex_wake(&words[0], 1));
        j6_time_t lost = now() + PATIENCE;
        while (__atomic_load_n(&words[1024], __ATOMIC_SEQ_CST) == i &&
               j6_futex_wait(&words[1024], i, lost) != j6_status_timed_out) {}
        if (!expect_equal(i + 1, words[1024])) {
            j6_process_kill(process, -1);
            break;
        }
    }
    expect_equal(0, process_finish(process).code);
    area_unmap(area, words);
    expect_ok(j6_handle_close(area));
}

/* Cloned while somebody waits, so that its page is copied at the next write. */
TEST(a_word_is_the_same_before_and_after_its_page_is_copied)
{
    struct sleeper sleeper;
    struct sleeper cloned_sleeper;
    j6_handle_t clone;
    j6_handle_t area = area_new(1, 0);
    uint32_t *word = (uint32_t *)area_map(area, READ_WRITE);
    *word = 4;
    start(&sleeper, word);
    expect_ok(j6_vma_clone(area, 0, PAGE, 0, &clone));
    uint32_t *cloned = (uint32_t *)area_map(clone, READ_WRITE);
    start(&cloned_sleeper, cloned);
    word[1] = 1; /* the area has a page of its own now */
    expect_ok(j6_futex_wake(cloned, 0));
    expect_status(j6_status_would_block, j6_futex_wait(word, 4, j6_deadline_poll));
    *word = 5;
    expect_status(j6_status_futex_changed, j6_futex_wait(word, 4, j6_deadline_poll));
    expect_status(j6_status_would_block, j6_futex_wait(cloned, 4, j6_deadline_poll));
    leave_time();
    expect(sleeps(&sleeper));
    wake_and_finish(word, &sleeper);
    expect(sleeps(&cloned_sleeper)); /* a clone's words are others */
    *cloned = 6;
    wake_and_finish(cloned, &cloned_sleeper);
    area_unmap(area, word);
    area_unmap(clone, cloned);
    expect_ok(j6_handle_close(area));
    expect_ok(j6_handle_close(clone));
}

/* ---- the end of areas and threads ----------------------------------------------------------- */

TEST(a_wait_outlives_the_area_of_its_word)
{
    struct sleeper sleeper;
    struct sleeper timed;
    j6_handle_t area = area_new(1, 0);
    uint32_t *word = (uint32_t *)area_map(area, READ_WRITE);
    start(&sleeper, word);
    start_until(&timed, word, now() + 20000000);
    area_unmap(area, word);
    leave_time();
    expect(sleeps(&sleeper));
    uint32_t *again = (uint32_t *)area_map(area, READ_WRITE);
    wake_and_finish(again, &sleeper);
    area_unmap(area, again);
    expect_ok(j6_handle_close(area));
    j6_handle_t another = area_new(1, 0);
    uint64_t address = (uint64_t)word;
    expect_ok(j6_vma_map(another, j6_handle_self_process, &address, 0, 0, READ_WRITE));
    expect_ok(j6_futex_wake((uint32_t *)address, ~0ull));
    finish(&timed, j6_status_timed_out);
    area_unmap(another, (void *)address);
    expect_ok(j6_handle_close(another));
}

TEST(threads_that_wait_at_words_end_with_their_process)
{
    j6_handle_t area = area_new(2, 0);
    uint32_t *words = (uint32_t *)area_map(area, READ_WRITE);
    for (int i = 0; i < 6; i++) {
        j6_handle_t process = victim_start_sharing("futex_crowd", "20", area);
        threads_block(process, (uint64_t)i * 4, j6_wait_futex);
        expect_ok(j6_futex_wake(words, 3));
        expect_ok(j6_process_kill(process, 9));
        expect_ok(j6_futex_wake(words, 3));
        expect_equal(j6_reason_killed, process_finish(process).reason);
    }
    expect_ok(j6_futex_wake(words, ~0ull));
    area_unmap(area, words);
    expect_ok(j6_handle_close(area));
}

/* ---- races ---------------------------------------------------------------------------------- */

enum { RACERS = 4 };

static uint32_t baton; /* whose turn it is, and the lap */

/* Each waits until the word says that it is his turn, and sets it to the next one's. */
static int64_t pass_baton(void *arg)
{
    uint32_t mine = (uint32_t)(uint64_t)arg;
    uint64_t laps = race_rounds(100);
    for (uint64_t lap = 0; lap < laps; lap++) {
        uint32_t wanted = (uint32_t)lap * RACERS + mine;
        uint32_t found;
        j6_time_t lost = now() + PATIENCE;
        while ((found = __atomic_load_n(&baton, __ATOMIC_ACQUIRE)) != wanted) {
            if (j6_futex_wait(&baton, found, lost) == j6_status_timed_out) {
                return (int64_t)lap + 1;
            }
        }
        __atomic_store_n(&baton, wanted + 1, __ATOMIC_RELEASE);
        j6_futex_wake(&baton, RACERS);
    }
    return 0;
}

TEST(no_wake_up_at_a_word_is_lost)
{
    struct j6_thread threads[RACERS];
    baton = 0;
    for (uint64_t i = 0; i < RACERS; i++) {
        expect_ok(j6_thread_run(&threads[i], pass_baton, (void *)i, 4 * PAGE));
    }
    for (int i = 0; i < RACERS; i++) {
        int64_t lost = -1;
        expect_ok(j6_thread_join(&threads[i], &lost));
        expect_equal(0, lost);
    }
    expect_equal(race_rounds(100) * RACERS, baton);
}

static volatile bool stop;

static int64_t wait_at_what_goes(void *arg)
{
    int64_t unexpected = 0;
    while (!stop) {
        j6_status_t status = j6_futex_wait(arg, 0, now() + 50000);
        unexpected += status != j6_status_ok && status != j6_status_timed_out &&
                      status != j6_err_bad_address && status != j6_status_futex_changed;
    }
    return unexpected;
}

TEST(words_may_come_and_go_while_threads_wait_at_them)
{
    enum { THREADS = 3 };
    uint64_t rounds = race_rounds(25);
    struct j6_thread threads[THREADS];
    uint64_t place = far_place();
    j6_handle_t area = area_new(1, 0);
    stop = false;
    for (int i = 0; i < THREADS; i++) {
        expect_ok(j6_thread_run(&threads[i], wait_at_what_goes, (void *)place, 4 * PAGE));
    }
    for (uint64_t i = 0; i < rounds; i++) {
        uint64_t len = PAGE;
        expect_ok(
            j6_vma_map(area, j6_handle_self_process, &place, 0, 0, READ_WRITE | j6_map_exact));
        *(uint32_t *)place = (uint32_t)i % 3;
        expect_ok(j6_vma_op_range(area, j6_op_decommit, 0, &len));
        expect_ok(j6_futex_wake((uint32_t *)place, 1));
        area_unmap(area, (void *)place);
    }
    stop = true;
    for (int i = 0; i < THREADS; i++) {
        int64_t unexpected = -1;
        expect_ok(j6_thread_join(&threads[i], &unexpected));
        expect_equal(0, unexpected);
    }
    expect_ok(j6_handle_close(area));
}

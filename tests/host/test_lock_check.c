/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/base/debug/lock_check.c kernel/base/debug/lock_times.c kernel/base/spinlock.c tests/host/shim_machine.c */
/*
 * What the debug kernel notices about locks. The observed order lasts for the whole program, so each
 * test has ranks of its own.
 */
#include "kernel/base/debug/lock_check.h"
#include "arch/arch.h"
#include "kernel/base/debug/lock_times.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/base/spinlock.h"
#include <stdio.h>
#include <string.h>
#include <test.h>
#include <test_assert.h>
#include <test_machine.h>

static char logged[4096]; /* lines */
static char reason[256];  /* of the panic */
static jmp_buf panicked;
static j6_time_t now;
static bool interrupts_on;

void log_write(enum j6_log_severity severity, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    size_t len = strlen(logged);
    len += (size_t)snprintf(logged + len, sizeof(logged) - len, "%d ", (int)severity);
    len += (size_t)vsnprintf(logged + len, sizeof(logged) - len, fmt, args);
    snprintf(logged + len, sizeof(logged) - len, "\n");
    va_end(args);
}

noreturn void panic(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(reason, sizeof(reason), fmt, args);
    va_end(args);
    longjmp(panicked, 1);
}

j6_time_t clock_now(void)
{
    return now;
}

bool arch_interrupts_on(void)
{
    return interrupts_on;
}

/* A lock of each rank. */
static struct spinlock locks[RANK_COUNT];

static int setup(void **state)
{
    (void)state;
    for (unsigned rank = RANK_MISSING; rank < RANK_COUNT; rank++) {
        spinlock_init(&locks[rank], rank);
    }
    return 0;
}

static void take(unsigned rank)
{
    spinlock_lock(&locks[rank]);
}

static void release(unsigned rank)
{
    spinlock_unlock(&locks[rank]);
}

/* Releases what a panic has left behind, in any order. */
static void release_two(unsigned one, unsigned other)
{
    release(one);
    release(other);
}

#define EXPECT_PANIC(text, statement)      \
    do {                                   \
        reason[0] = 0;                     \
        logged[0] = 0;                     \
        if (setjmp(panicked) == 0) {       \
            statement;                     \
        }                                  \
        assert_string_equal(reason, text); \
    } while (0)

static void locks_in_rising_rank_are_taken_and_released_in_any_order(void **state)
{
    (void)state;
    take(RANK_PROCESS);
    take(RANK_HANDLES);
    release(RANK_PROCESS);
    take(RANK_FRAMES);
    release(RANK_FRAMES);
    release(RANK_HANDLES);
    spinlock_check_none_held();
}

static void a_lower_rank_panics(void **state)
{
    (void)state;
    take(RANK_SLAB);
    EXPECT_PANIC("lock rank: random numbers is taken while slab cache is held, by ?",
                 take(RANK_RANDOM));
    release(RANK_SLAB);
    spinlock_check_none_held();
}

static void an_equal_rank_panics(void **state)
{
    (void)state;
    struct spinlock another = SPINLOCK_INIT(RANK_ACCOUNT);
    take(RANK_ACCOUNT);
    EXPECT_PANIC("lock rank: account is taken while account is held, by ?",
                 spinlock_lock(&another));
    release(RANK_ACCOUNT);
}

static void the_opposite_of_an_order_that_was_seen_panics_with_both(void **state)
{
    (void)state;
    take(RANK_SPACE);
    take(RANK_AREA);
    release_two(RANK_SPACE, RANK_AREA);
    take(RANK_AREA);
    EXPECT_PANIC("lock order: area and mappings of a space are taken in either order",
                 take(RANK_SPACE));
    assert_string_equal(logged, "1 locks   earlier: mappings of a space in ?, then area in ?\n"
                                "1 locks   now: area in ?, then mappings of a space in ?\n");
    release(RANK_AREA);
}

static void a_circle_of_three_panics_with_the_whole_way(void **state)
{
    (void)state;
    take(RANK_SYSTEM);
    take(RANK_OBJECT);
    release_two(RANK_SYSTEM, RANK_OBJECT);
    take(RANK_OBJECT);
    take(RANK_TIMERS);
    release_two(RANK_OBJECT, RANK_TIMERS);
    take(RANK_TIMERS);
    EXPECT_PANIC("lock order: timer queue and tree of system objects are taken in either order",
                 take(RANK_SYSTEM));
    assert_string_equal(
        logged, "1 locks   earlier: tree of system objects in ?, then signals of an object in ?\n"
                "1 locks   earlier: signals of an object in ?, then timer queue in ?\n"
                "1 locks   now: timer queue in ?, then tree of system objects in ?\n");
    release(RANK_TIMERS);
}

/* An order that one CPU has shown binds all. */
static void the_order_is_that_of_all_cpus(void **state)
{
    (void)state;
    test_cpu_switch(1);
    take(RANK_RUN_QUEUE);
    take(RANK_GRACE);
    release_two(RANK_RUN_QUEUE, RANK_GRACE);
    test_cpu_switch(0);
    take(RANK_GRACE);
    EXPECT_PANIC("lock order: grace period and run queue are taken in either order",
                 take(RANK_RUN_QUEUE));
    release(RANK_GRACE);
}

static void what_one_cpu_holds_does_not_keep_others_from_lower_ranks(void **state)
{
    (void)state;
    take(RANK_FRAMES);
    test_cpu_switch(1);
    take(RANK_PROCESS_LIST);
    release(RANK_PROCESS_LIST);
    test_cpu_switch(0);
    release(RANK_FRAMES);
}

static void a_lock_without_a_rank_fails_an_assertion(void **state)
{
    (void)state;
    expect_assert_failure(take(RANK_MISSING));
}

static void interrupts_that_are_on_fail_an_assertion(void **state)
{
    (void)state;
    interrupts_on = true;
    expect_assert_failure(take(RANK_PHYSICAL));
    interrupts_on = false;
    take(RANK_PHYSICAL);
    interrupts_on = true;
    expect_assert_failure(release(RANK_PHYSICAL));
    interrupts_on = false;
    release(RANK_PHYSICAL);
}

static void releasing_what_is_not_held_fails_an_assertion(void **state)
{
    (void)state;
    struct spinlock another = SPINLOCK_INIT(RANK_PHYSICAL);
    expect_assert_failure(release(RANK_PHYSICAL));
    take(RANK_PHYSICAL);
    expect_assert_failure(spinlock_unlock(&another));
    release(RANK_PHYSICAL);
}

static void a_lock_where_none_may_be_held_panics(void **state)
{
    (void)state;
    take(RANK_PAGE_TABLE);
    EXPECT_PANIC("lock of page tables: still held where none may be, since ?",
                 spinlock_check_none_held());
    release(RANK_PAGE_TABLE);
    spinlock_check_none_held();
}

static void waiting_for_seconds_panics_and_names_who_has_the_lock(void **state)
{
    (void)state;
    now = 1000;
    take(RANK_HANDLES);
    test_cpu_switch(1);
    now += 3900000000;
    lock_check_patience(&locks[RANK_HANDLES], 1000);
    now += 200000000;
    EXPECT_PANIC("lock of handle table: CPU 1 waits in vain for CPU 0, which took it in ?",
                 lock_check_patience(&locks[RANK_HANDLES], 1000));
    EXPECT_PANIC("lock of frame allocator: CPU 1 waits in vain, and nobody has it",
                 lock_check_patience(&locks[RANK_FRAMES], 1000));
    test_cpu_switch(0);
    release(RANK_HANDLES);
}

static void hold(unsigned rank, j6_time_t us)
{
    take(rank);
    now += us * 1000;
    release(rank);
}

static void a_lock_held_beyond_the_limit_is_one_warning_once_nothing_is_held(void **state)
{
    (void)state;
    lock_times_set_limit(100);
    logged[0] = 0;
    hold(RANK_SLAB_LIST, 100);
    assert_string_equal(logged, "");
    take(RANK_SYSTEM);
    hold(RANK_SLAB_LIST, 101);
    assert_string_equal(logged, "");
    release(RANK_SYSTEM);
    assert_string_equal(logged, "2 locks   tree of system objects: held for 101 us in ?\n"
                                "2 locks   list of slab caches: held for 101 us in ?\n");
    hold(RANK_SLAB_LIST, 102);
    assert_int_equal(strlen(logged),
                     strlen("2 locks   tree of system objects: held for 101 us in ?\n"
                            "2 locks   list of slab caches: held for 101 us in ?\n"));
}

static void the_longest_time_of_each_rank_is_shown(void **state)
{
    (void)state;
    lock_times_set_limit(1000);
    hold(RANK_RANDOM, 7);
    hold(RANK_RANDOM, 5);
    hold(RANK_ACCOUNT, 6000);
    logged[0] = 0;
    lock_times_show();
    assert_non_null(strstr(logged, "3 locks   random numbers: held for 7 us in ?\n"));
    assert_non_null(strstr(logged, "3 locks   account: held for 6000 us in ?\n"));
    assert_non_null(strstr(logged, "ranks were held for more than 1000 us\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locks_in_rising_rank_are_taken_and_released_in_any_order),
        cmocka_unit_test(a_lower_rank_panics),
        cmocka_unit_test(an_equal_rank_panics),
        cmocka_unit_test(the_opposite_of_an_order_that_was_seen_panics_with_both),
        cmocka_unit_test(a_circle_of_three_panics_with_the_whole_way),
        cmocka_unit_test(the_order_is_that_of_all_cpus),
        cmocka_unit_test(what_one_cpu_holds_does_not_keep_others_from_lower_ranks),
        cmocka_unit_test(a_lock_without_a_rank_fails_an_assertion),
        cmocka_unit_test(interrupts_that_are_on_fail_an_assertion),
        cmocka_unit_test(releasing_what_is_not_held_fails_an_assertion),
        cmocka_unit_test(a_lock_where_none_may_be_held_panics),
        cmocka_unit_test(waiting_for_seconds_panics_and_names_who_has_the_lock),
        cmocka_unit_test(a_lock_held_beyond_the_limit_is_one_warning_once_nothing_is_held),
        cmocka_unit_test(the_longest_time_of_each_rank_is_shown),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}

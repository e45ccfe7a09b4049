/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/timer.c lib/avl.c kernel/base/spinlock.c kernel/base/debug/lock_check.c tests/host/shim_machine.c */
/* Timers over a clock that stands still until the test moves it on. */
#include "kernel/timer.h"
#include "arch/arch.h"
#include "kernel/base/spinlock.h"
#include "kernel/sched.h"
#include "lib/container.h"
#include <j6/flags.h>
#include <string.h>
#include <test.h>
#include <test_assert.h>
#include <test_random.h>

enum { TIMERS = 60 };

static j6_time_t now;
static j6_time_t turn_end = ~0ull;
static j6_time_t alarm_at;
static int alarms_set;

static struct bell {
    struct timer timer;
    j6_time_t deadline; /* 0: not armed */
    uint64_t armed;     /* the how manieth */
    int rings;
    j6_time_t again;     /* when it fires, it arms itself for this; 0: not */
    struct bell *cancel; /* and cancels that one */
} bells[TIMERS];

static uint64_t armed;
static struct bell *rung[2 * TIMERS];
static int rung_count;

j6_time_t clock_now(void)
{
    return now;
}

void clock_set_alarm(j6_time_t deadline)
{
    alarm_at = deadline;
    alarms_set++;
}

j6_time_t sched_turn_end(void)
{
    return turn_end;
}

static void ring(struct timer *timer, uint64_t round);

static void arm(struct bell *bell, j6_time_t deadline)
{
    bell->deadline = deadline;
    bell->armed = ++armed;
    timer_arm(&bell->timer, deadline, ring);
}

static void ring(struct timer *timer, uint64_t round)
{
    (void)round;
    struct bell *bell = container_of(timer, struct bell, timer);
    spinlock_check_none_held();
    assert_int_not_equal(bell->deadline, 0);
    assert_true(bell->deadline <= now);
    assert_false(timer_cancel(timer)); /* it runs now */
    bell->deadline = 0;
    bell->rings++;
    if (rung_count < 2 * TIMERS) {
        rung[rung_count++] = bell;
    }
    if (bell->again != 0) {
        j6_time_t again = bell->again;
        bell->again = 0;
        arm(bell, again);
    }
    if (bell->cancel != NULL) {
        assert_true(timer_cancel(&bell->cancel->timer));
        bell->cancel->deadline = 0;
    }
}

/* The interrupt: the alarm has gone off. */
static void run_at(j6_time_t time)
{
    now = time;
    rung_count = 0;
    alarm_at = j6_deadline_never; /* it goes off once */
    timers_run();
}

static void begin(void)
{
    static bool started;
    if (!started) {
        timers_init();
        started = true;
    }
    memset(bells, 0, sizeof(bells));
    turn_end = j6_deadline_never;
    run_at(0);
    assert_int_equal(rung_count, 0);
    assert_int_equal(alarm_at, j6_deadline_never);
}

static void timer_fires_at_its_deadline_and_not_before(void **state)
{
    (void)state;
    begin();
    arm(&bells[0], 1000);
    run_at(999);
    assert_int_equal(rung_count, 0);
    assert_int_equal(alarm_at, 1000);
    run_at(1000);
    assert_int_equal(rung_count, 1);
    assert_int_equal(alarm_at, j6_deadline_never);
    run_at(2000);
    assert_int_equal(bells[0].rings, 1);
}

static void timers_fire_in_order_of_deadline(void **state)
{
    (void)state;
    begin();
    static const j6_time_t deadlines[] = {50, 10, 40, 30, 20};
    for (int i = 0; i < 5; i++) {
        arm(&bells[i], deadlines[i]);
    }
    run_at(45);
    assert_int_equal(rung_count, 4);
    assert_ptr_equal(rung[0], &bells[1]);
    assert_ptr_equal(rung[1], &bells[4]);
    assert_ptr_equal(rung[2], &bells[3]);
    assert_ptr_equal(rung[3], &bells[2]);
    assert_int_equal(alarm_at, 50);
    run_at(50);
    assert_int_equal(rung_count, 1);
}

static void timers_of_equal_deadline_fire_in_the_order_of_arming(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < TIMERS; i++) {
        arm(&bells[i * 7 % TIMERS], 100);
    }
    run_at(100);
    assert_int_equal(rung_count, TIMERS);
    for (int i = 0; i < TIMERS; i++) {
        assert_ptr_equal(rung[i], &bells[i * 7 % TIMERS]);
    }
}

static void timer_in_the_past_fires_at_the_next_alarm(void **state)
{
    (void)state;
    begin();
    now = 500;
    arm(&bells[0], 1);
    assert_int_equal(alarm_at, 1);
    run_at(500);
    assert_int_equal(rung_count, 1);
}

static void timer_cancelled_does_not_fire(void **state)
{
    (void)state;
    begin();
    arm(&bells[0], 100);
    arm(&bells[1], 100);
    assert_true(timer_cancel(&bells[0].timer));
    assert_false(timer_cancel(&bells[0].timer));
    run_at(100);
    assert_int_equal(rung_count, 1);
    assert_ptr_equal(rung[0], &bells[1]);
    assert_false(timer_cancel(&bells[1].timer));
    assert_false(timer_cancel(&bells[2].timer)); /* never armed */
}

static void timer_cancelled_is_armed_again(void **state)
{
    (void)state;
    begin();
    arm(&bells[0], 100);
    assert_true(timer_cancel(&bells[0].timer));
    arm(&bells[0], 200);
    run_at(150);
    assert_int_equal(rung_count, 0);
    run_at(200);
    assert_int_equal(rung_count, 1);
}

static void timer_armed_twice_is_caught(void **state)
{
    (void)state;
    begin();
    arm(&bells[0], 100);
    expect_assert_failure(timer_arm(&bells[0].timer, 200, ring));
    assert_true(timer_cancel(&bells[0].timer));
}

static void timer_arms_itself_again_while_it_fires(void **state)
{
    (void)state;
    begin();
    bells[0].again = 90; /* due in the same run */
    arm(&bells[0], 50);
    run_at(100);
    assert_int_equal(rung_count, 2);
    bells[0].again = 300;
    arm(&bells[0], 200);
    run_at(200);
    assert_int_equal(rung_count, 1);
    assert_int_equal(alarm_at, 300);
    run_at(300);
    assert_int_equal(bells[0].rings, 4);
}

static void timer_cancels_another_that_is_due_as_well(void **state)
{
    (void)state;
    begin();
    bells[0].cancel = &bells[1];
    arm(&bells[0], 50);
    arm(&bells[1], 50);
    arm(&bells[2], 50);
    run_at(50);
    assert_int_equal(rung_count, 2);
    assert_int_equal(bells[1].rings, 0);
}

static void timers_keep_the_alarm_at_the_earliest(void **state)
{
    (void)state;
    begin();
    arm(&bells[0], 300);
    assert_int_equal(alarm_at, 300);
    arm(&bells[1], 200);
    assert_int_equal(alarm_at, 200);
    int before = alarms_set;
    arm(&bells[2], 250);
    assert_int_equal(alarms_set, before);
    assert_int_equal(alarm_at, 200);
    run_at(200);
    assert_int_equal(alarm_at, 250);
    run_at(250);
    assert_int_equal(alarm_at, 300);
    run_at(300);
}

static void timers_wake_the_cpu_at_the_end_of_a_turn(void **state)
{
    (void)state;
    begin();
    arm(&bells[0], 300);
    turn_end = 120;
    timers_turn_ends(turn_end);
    assert_int_equal(alarm_at, 120);
    turn_end = j6_deadline_never;
    run_at(120);
    assert_int_equal(alarm_at, 300);
    turn_end = 400;
    timers_turn_ends(turn_end);
    assert_int_equal(alarm_at, 300);
    run_at(300);
    assert_int_equal(alarm_at, 400);
}

/* An alarm that went off must be set again, even to the same time: it fires once. */
static void timers_set_an_alarm_that_came_too_early_again(void **state)
{
    (void)state;
    begin();
    arm(&bells[0], 1000);
    int before = alarms_set;
    run_at(990);
    assert_int_equal(alarms_set, before + 1);
    assert_int_equal(alarm_at, 1000);
    run_at(1000);
    assert_int_equal(rung_count, 1);
}

/* The bell that must ring first: earliest deadline, then order of arming. */
static struct bell *first_bell(void)
{
    struct bell *first = NULL;
    for (int i = 0; i < TIMERS; i++) {
        struct bell *bell = &bells[i];
        if (bell->deadline != 0 &&
            (first == NULL || bell->deadline < first->deadline ||
             (bell->deadline == first->deadline && bell->armed < first->armed))) {
            first = bell;
        }
    }
    return first;
}

static void random_operation(void)
{
    struct bell *bell = &bells[test_random_below(TIMERS)];
    if (test_random_below(3) == 0) {
        struct bell *expected[TIMERS];
        int count = 0;
        j6_time_t time = now + test_random_below(50);
        struct bell before[TIMERS];
        memcpy(before, bells, sizeof(bells));
        for (struct bell *first; (first = first_bell()) != NULL && first->deadline <= time;) {
            expected[count++] = first;
            first->deadline = 0;
        }
        for (int i = 0; i < TIMERS; i++) {
            bells[i].deadline = before[i].deadline;
        }
        run_at(time);
        assert_int_equal(rung_count, count);
        for (int i = 0; i < count; i++) {
            assert_ptr_equal(rung[i], expected[i]);
        }
    } else if (bell->deadline == 0) {
        assert_false(timer_cancel(&bell->timer));
        arm(bell, now + 1 + test_random_below(100));
    } else if (test_random_below(3) == 0) {
        assert_true(timer_cancel(&bell->timer));
        bell->deadline = 0;
    }
    const struct bell *first = first_bell();
    assert_true(alarm_at <= (first != NULL ? first->deadline : j6_deadline_never));
}

static void timers_do_what_a_list_of_timers_does(void **state)
{
    (void)state;
    begin();
    now = 1;
    for (int i = 0; i < 100000; i++) {
        random_operation();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timer_fires_at_its_deadline_and_not_before),
        cmocka_unit_test(timers_fire_in_order_of_deadline),
        cmocka_unit_test(timers_of_equal_deadline_fire_in_the_order_of_arming),
        cmocka_unit_test(timer_in_the_past_fires_at_the_next_alarm),
        cmocka_unit_test(timer_cancelled_does_not_fire),
        cmocka_unit_test(timer_cancelled_is_armed_again),
        cmocka_unit_test(timer_armed_twice_is_caught),
        cmocka_unit_test(timer_arms_itself_again_while_it_fires),
        cmocka_unit_test(timer_cancels_another_that_is_due_as_well),
        cmocka_unit_test(timers_keep_the_alarm_at_the_earliest),
        cmocka_unit_test(timers_wake_the_cpu_at_the_end_of_a_turn),
        cmocka_unit_test(timers_set_an_alarm_that_came_too_early_again),
        cmocka_unit_test(timers_do_what_a_list_of_timers_does),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

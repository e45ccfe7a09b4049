/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/base/grace.c kernel/base/spinlock.c kernel/base/debug/lock_check.c tests/host/shim_machine.c */
/*
 * Grace periods: what is put off runs once, later, on the CPU that put it off, and with nothing held. The
 * test is each of the CPUs in turn.
 */
#include "kernel/base/grace.h"
#include "arch/arch.h"
#include "kernel/base/spinlock.h"
#include "lib/container.h"
#include <string.h>
#include <test.h>
#include <test_machine.h>
#include <test_random.h>

enum { ITEMS = 64 };

static struct note {
    struct grace_item grace;
    bool waits;
    uint64_t may_look; /* CPUs that haven't passed since it was put off */
    uint32_t cpu;      /* that put it off */
    int runs;
    int again; /* how many more times it puts itself off */
} notes[ITEMS];

static int runs;
static uint64_t running = 1; /* CPUs that don't idle */
static uint64_t kicked;
static uint64_t reminders; /* CPUs that are to remind the others */

void cpu_kick(uint32_t index)
{
    kicked |= cpu_bit(index);
}

void grace_remind_later(void)
{
    spinlock_check_none_held();
    reminders |= cpu_bit(cpu_index());
}

static void defer(struct note *note);

static void run(struct grace_item *item)
{
    struct note *note = container_of(item, struct note, grace);
    assert_true(note->waits);
    assert_int_equal(note->may_look & ~cpu_bit(cpu_index()), 0); /* which passes at this moment */
    assert_int_equal(note->cpu, cpu_index());
    spinlock_check_none_held();
    memset(item, 0xd5, sizeof(*item)); /* it may be freed: nobody reads it any more */
    note->waits = false;
    note->runs++;
    runs++;
    if (note->again > 0) {
        note->again--;
        defer(note);
    }
}

static void defer(struct note *note)
{
    note->waits = true;
    note->may_look = running;
    note->cpu = cpu_index();
    grace_defer(&note->grace, run);
}

static void begin(void)
{
    memset(notes, 0, sizeof(notes));
    runs = 0;
    assert_true(grace_is_idle());
    assert_int_equal(this_cpu(cpu)->pending, 0);
}

/* What the CPUs do, and what that means to the notes. */
static void passed(void)
{
    for (int i = 0; i < ITEMS; i++) {
        notes[i].may_look &= ~cpu_bit(cpu_index());
    }
}

static void pass(void)
{
    passed();
    grace_pass();
}

static void idle_begin(void)
{
    passed();
    running &= ~cpu_bit(cpu_index());
    grace_idle_begin();
}

static void idle_end(void)
{
    running |= cpu_bit(cpu_index());
    grace_idle_end();
}

/* CPUs 0 to count - 1 run; the test goes on as CPU 0. */
static void begin_with(unsigned count)
{
    begin();
    for (unsigned i = 1; i < count; i++) {
        test_cpu_switch(i);
        running |= cpu_bit(i);
        grace_add_cpu();
    }
    test_cpu_switch(0);
    kicked = 0;
    reminders = 0;
}

/* The others idle for good, for the next test. */
static void end_of_many(void)
{
    for (unsigned i = TEST_CPUS; i-- > 0;) {
        test_cpu_switch(i);
        while (this_cpu(cpu)->pending != 0) {
            pass();
        }
        if (i > 0) {
            idle_begin();
            assert_int_equal(this_cpu(cpu)->pending, 0);
        }
    }
    pass();
    assert_true(grace_is_idle());
    running = 1;
}

static void grace_item_waits_for_the_cpu_to_pass(void **state)
{
    (void)state;
    begin();
    defer(&notes[0]);
    assert_int_equal(runs, 0);
    assert_false(grace_is_idle());
    assert_true(this_cpu(cpu)->pending & CPU_PENDING_GRACE);
    pass();
    assert_int_equal(runs, 1);
    assert_true(grace_is_idle());
    assert_false(this_cpu(cpu)->pending & CPU_PENDING_GRACE);
}

static void grace_pass_with_nothing_to_do_does_nothing(void **state)
{
    (void)state;
    begin();
    pass();
    assert_true(grace_is_idle());
    this_cpu(cpu)->pending = CPU_PENDING_SCHEDULE;
    pass();
    assert_int_equal(this_cpu(cpu)->pending, CPU_PENDING_SCHEDULE);
    defer(&notes[0]);
    pass();
    assert_int_equal(this_cpu(cpu)->pending, CPU_PENDING_SCHEDULE);
    this_cpu(cpu)->pending = 0;
}

static void grace_items_run_once_each(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < ITEMS; i++) {
        defer(&notes[i]);
    }
    pass();
    pass();
    for (int i = 0; i < ITEMS; i++) {
        assert_int_equal(notes[i].runs, 1);
    }
}

static void grace_item_may_put_itself_off_again(void **state)
{
    (void)state;
    begin();
    notes[0].again = 3;
    defer(&notes[0]);
    defer(&notes[1]);
    while (!grace_is_idle()) {
        pass();
    }
    assert_int_equal(notes[0].runs, 4);
    assert_int_equal(notes[1].runs, 1);
}

static void grace_item_is_put_off_with_a_lock_held(void **state)
{
    (void)state;
    begin();
    struct spinlock lock = SPINLOCK_INIT(RANK_AREA);
    spinlock_lock(&lock);
    defer(&notes[0]);
    assert_int_equal(runs, 0);
    spinlock_unlock(&lock);
    pass();
    assert_int_equal(runs, 1);
}

/* A CPU that was never added has nothing to report. */
static void grace_period_is_not_ended_by_another_cpu(void **state)
{
    (void)state;
    begin();
    defer(&notes[0]);
    test_cpu_switch(1);
    grace_pass();
    assert_int_equal(runs, 0);
    test_cpu_switch(0);
    pass();
    assert_int_equal(runs, 1);
}

static void grace_period_waits_for_every_cpu_that_runs(void **state)
{
    (void)state;
    begin_with(3);
    defer(&notes[0]);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(runs, 0);
        test_cpu_switch(i);
        assert_true(this_cpu(cpu)->pending & CPU_PENDING_GRACE);
        pass();
        assert_false(this_cpu(cpu)->pending & CPU_PENDING_GRACE);
    }
    assert_int_equal(runs, 0); /* CPU 2 passed last, CPU 0 is told */
    assert_int_equal(kicked, cpu_bit(0));
    assert_false(grace_is_idle());
    test_cpu_switch(0);
    pass();
    assert_int_equal(runs, 1);
    end_of_many();
}

static void grace_period_waits_for_no_cpu_that_idles(void **state)
{
    (void)state;
    begin_with(3);
    for (unsigned i = 1; i < 3; i++) {
        test_cpu_switch(i);
        idle_begin();
    }
    test_cpu_switch(0);
    defer(&notes[0]);
    pass();
    assert_int_equal(runs, 1);
    assert_int_equal(kicked, 0);
    end_of_many();
}

static void cpu_that_begins_to_idle_has_passed(void **state)
{
    (void)state;
    begin_with(2);
    defer(&notes[0]);
    pass();
    assert_int_equal(runs, 0);
    test_cpu_switch(1);
    idle_begin();
    assert_int_equal(kicked, cpu_bit(0));
    test_cpu_switch(0);
    pass();
    assert_int_equal(runs, 1);
    end_of_many();
}

static void cpu_that_wakes_up_in_a_period_is_not_waited_for(void **state)
{
    (void)state;
    begin_with(2);
    test_cpu_switch(1);
    idle_begin();
    test_cpu_switch(0);
    defer(&notes[0]);
    test_cpu_switch(1);
    idle_end();
    idle_end(); /* an interrupt said so already */
    test_cpu_switch(0);
    pass();
    assert_int_equal(runs, 1);
    defer(&notes[1]); /* but in the next one */
    pass();
    assert_int_equal(runs, 1);
    end_of_many();
    assert_int_equal(runs, 2);
}

static void idle_cpu_is_woken_to_free_its_items(void **state)
{
    (void)state;
    begin_with(2);
    test_cpu_switch(1);
    defer(&notes[0]);
    pass();
    idle_begin();
    assert_int_equal(this_cpu(cpu)->pending, 0);
    test_cpu_switch(0);
    pass();
    assert_int_equal(kicked, cpu_bit(1));
    test_cpu_switch(1);
    assert_true(this_cpu(cpu)->pending & CPU_PENDING_GRACE);
    idle_end();
    pass();
    assert_int_equal(runs, 1);
    end_of_many();
}

/* It was the last that the period waited for: its own items become free by that. */
static void cpu_whose_items_become_free_as_it_idles_has_that_pending(void **state)
{
    (void)state;
    begin_with(1);
    defer(&notes[0]);
    idle_begin();
    assert_true(this_cpu(cpu)->pending & CPU_PENDING_GRACE);
    idle_end();
    pass();
    assert_int_equal(runs, 1);
    end_of_many();
}

static void cpu_that_began_a_period_reminds_those_that_stay_away(void **state)
{
    (void)state;
    begin_with(3);
    test_cpu_switch(1);
    defer(&notes[0]);
    pass();
    assert_int_equal(reminders, cpu_bit(1));
    grace_remind();
    assert_int_equal(kicked, cpu_bit(0) | cpu_bit(2));
    reminders = 0;
    test_cpu_switch(0);
    pass();
    assert_int_equal(reminders, 0); /* it isn't its period */
    kicked = 0;
    test_cpu_switch(1);
    grace_remind();
    assert_int_equal(kicked, cpu_bit(2));
    assert_int_equal(reminders, cpu_bit(1));
    test_cpu_switch(2);
    pass();
    kicked = 0;
    reminders = 0;
    test_cpu_switch(1);
    grace_remind(); /* too late: the period is over */
    assert_int_equal(kicked | reminders, 0);
    end_of_many();
}

/* notes[].may_look and .cpu say in each run whether it was right. */
static void grace_items_of_many_cpus_come_and_go_in_any_order(void **state)
{
    (void)state;
    begin_with(TEST_CPUS);
    int deferred = 0;
    for (int i = 0; i < 100000; i++) {
        unsigned number = (unsigned)test_random_below(TEST_CPUS);
        struct note *note = &notes[test_random_below(ITEMS)];
        test_cpu_switch(number);
        if (!(running & cpu_bit(number))) {
            idle_end();
        }
        if (test_random_below(4) == 0) {
            pass();
        } else if (test_random_below(8) == 0) {
            idle_begin();
        } else if (!note->waits) {
            note->again = test_random_below(20) == 0 ? 2 : 0;
            deferred += 1 + note->again;
            defer(note);
        }
    }
    for (int round = 0; round < 10; round++) {
        for (unsigned number = 0; number < TEST_CPUS; number++) {
            test_cpu_switch(number);
            idle_end();
            pass();
        }
    }
    assert_int_equal(runs, deferred);
    end_of_many();
}

static void grace_items_come_and_go_in_any_order(void **state)
{
    (void)state;
    begin();
    int deferred = 0;
    for (int i = 0; i < 100000; i++) {
        struct note *note = &notes[test_random_below(ITEMS)];
        if (test_random_below(10) == 0) {
            grace_pass();
            for (int n = 0; n < ITEMS; n++) {
                assert_false(notes[n].waits);
            }
        } else if (!note->waits) {
            int before = runs;
            note->again = test_random_below(20) == 0 ? 2 : 0;
            deferred += 1 + note->again;
            defer(note);
            assert_int_equal(runs, before);
        }
    }
    grace_pass();
    assert_int_equal(runs, deferred);
    assert_true(grace_is_idle());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grace_item_waits_for_the_cpu_to_pass),
        cmocka_unit_test(grace_pass_with_nothing_to_do_does_nothing),
        cmocka_unit_test(grace_items_run_once_each),
        cmocka_unit_test(grace_item_may_put_itself_off_again),
        cmocka_unit_test(grace_item_is_put_off_with_a_lock_held),
        cmocka_unit_test(grace_period_is_not_ended_by_another_cpu),
        cmocka_unit_test(grace_items_come_and_go_in_any_order),
        cmocka_unit_test(grace_period_waits_for_every_cpu_that_runs),
        cmocka_unit_test(grace_period_waits_for_no_cpu_that_idles),
        cmocka_unit_test(cpu_that_begins_to_idle_has_passed),
        cmocka_unit_test(cpu_that_wakes_up_in_a_period_is_not_waited_for),
        cmocka_unit_test(idle_cpu_is_woken_to_free_its_items),
        cmocka_unit_test(cpu_whose_items_become_free_as_it_idles_has_that_pending),
        cmocka_unit_test(cpu_that_began_a_period_reminds_those_that_stay_away),
        cmocka_unit_test(grace_items_of_many_cpus_come_and_go_in_any_order),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/base/grace.c kernel/base/spinlock.c tests/host/shim_machine.c */
/* Grace periods with one CPU: what is put off runs once, later, and with nothing held. */
#include "kernel/base/grace.h"
#include "arch/cpu.h"
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
    int runs;
    int again; /* how many more times it puts itself off */
} notes[ITEMS];

static int runs;

static void defer(struct note *note);

static void run(struct grace_item *item)
{
    struct note *note = container_of(item, struct note, grace);
    assert_true(note->waits);
    assert_false(spinlock_any_held());
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
    grace_defer(&note->grace, run);
}

static void begin(void)
{
    memset(notes, 0, sizeof(notes));
    runs = 0;
    assert_true(grace_is_idle());
    assert_int_equal(this_cpu(cpu)->pending, 0);
}

static void grace_item_waits_for_the_cpu_to_pass(void **state)
{
    (void)state;
    begin();
    defer(&notes[0]);
    assert_int_equal(runs, 0);
    assert_false(grace_is_idle());
    assert_true(this_cpu(cpu)->pending & CPU_PENDING_GRACE);
    grace_pass();
    assert_int_equal(runs, 1);
    assert_true(grace_is_idle());
    assert_false(this_cpu(cpu)->pending & CPU_PENDING_GRACE);
}

static void grace_pass_with_nothing_to_do_does_nothing(void **state)
{
    (void)state;
    begin();
    grace_pass();
    assert_true(grace_is_idle());
    this_cpu(cpu)->pending = CPU_PENDING_SCHEDULE;
    grace_pass();
    assert_int_equal(this_cpu(cpu)->pending, CPU_PENDING_SCHEDULE);
    defer(&notes[0]);
    grace_pass();
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
    grace_pass();
    grace_pass();
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
        grace_pass();
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
    grace_pass();
    assert_int_equal(runs, 1);
}

/* The CPU that doesn't run threads has nothing to report. */
static void grace_period_is_not_ended_by_another_cpu(void **state)
{
    (void)state;
    begin();
    defer(&notes[0]);
    test_cpu_switch(1);
    grace_pass();
    assert_int_equal(runs, 0);
    test_cpu_switch(0);
    grace_pass();
    assert_int_equal(runs, 1);
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
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

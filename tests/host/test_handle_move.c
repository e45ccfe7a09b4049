/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/handle_model.c kernel/handle.c kernel/handle_slots.c kernel/handle_move.c kernel/base/account.c kernel/base/grace.c kernel/base/kobject.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/string.c tests/host/shim_machine.c */
/* Handles that move from table to table; and those with a badge. */
#include "kernel/handle_move.h"
#include "tests/host/handle_model.h"
#include <j6/handle.h>
#include <j6/rights.h>
#include <test.h>
#include <test_assert.h>

enum { MOVED = 5 };

static struct handle_table other;
static j6_handle_t sent[HANDLE_MOVE_MAX];

static struct handle_move move_of(uint32_t count)
{
    return (struct handle_move){.from = &table, .to = &other, .count = count, .sent = sent};
}

static void begin(void)
{
    handle_model_begin();
    handle_table_init(&other, &account);
    for (unsigned i = 0; i < HANDLE_MOVE_MAX; i++) {
        sent[i] = insert(i);
    }
}

static void end(void)
{
    allocations_left = -1;
    handle_table_close(&other);
    handle_table_destroy(&other);
    handle_model_end();
}

static void handles_that_move_name_the_same_with_the_same_rights(void **state)
{
    (void)state;
    begin();
    struct handle_move move = move_of(MOVED);
    uint64_t added = things[0].rights_added;
    assert_int_equal(handle_move_reserve(&move), j6_status_ok);
    for (unsigned i = 0; i < MOVED; i++) {
        assert_null(handle_find(&other, move.received[i])); /* not before it has moved */
    }
    assert_int_equal(handle_move_finish(&move), j6_status_ok);
    for (unsigned i = 0; i < MOVED; i++) {
        assert_null(handle_find(&table, sent[i]));
        assert_ptr_equal(handle_find(&other, move.received[i]), object_number(i));
        assert_int_equal(j6_handle_rights(move.received[i]), j6_handle_rights(sent[i]));
        assert_int_equal(j6_handle_type(move.received[i]), j6_handle_type(sent[i]));
    }
    assert_int_equal(handle_table_used(&table), HANDLE_MOVE_MAX - MOVED);
    assert_int_equal(handle_table_used(&other), MOVED);
    assert_int_equal(account.left[ACCOUNT_HANDLES], HANDLE_MODEL_LIMIT - HANDLE_MOVE_MAX);
    assert_int_equal(things[0].rights_added, added); /* the object isn't told … */
    assert_int_equal(things[0].rights_gone, 0);
    assert_int_equal(handle_remove(&other, move.received[0]), j6_status_ok);
    assert_int_equal(things[0].rights_gone, j6_handle_rights(sent[0])); /* … until it goes */
    end();
}

static void none_moves_if_one_has_gone(void **state)
{
    (void)state;
    begin();
    struct handle_move move = move_of(MOVED);
    assert_int_equal(handle_move_reserve(&move), j6_status_ok);
    remove_handle(sent[MOVED - 1]);
    assert_int_equal(handle_move_finish(&move), j6_err_bad_handle);
    handle_move_cancel(&move);
    for (unsigned i = 0; i < MOVED - 1; i++) {
        assert_ptr_equal(handle_find(&table, sent[i]), object_number(i));
    }
    assert_int_equal(handle_table_used(&other), 0);
    assert_int_equal(account.left[ACCOUNT_HANDLES], HANDLE_MODEL_LIMIT - HANDLE_MOVE_MAX + 1);
    end();
}

static void a_reservation_that_fails_leaves_nothing(void **state)
{
    (void)state;
    begin();
    struct handle_move move = move_of(MOVED);
    uint64_t left = account.left[ACCOUNT_HANDLES];
    account.left[ACCOUNT_HANDLES] = MOVED - 1;
    assert_int_equal(handle_move_reserve(&move), j6_err_quota);
    assert_int_equal(account.left[ACCOUNT_HANDLES], MOVED - 1);
    account.left[ACCOUNT_HANDLES] = left;
    allocations_left = 0;
    assert_int_equal(handle_move_reserve(&move), j6_err_no_memory);
    assert_int_equal(account.left[ACCOUNT_HANDLES], left);
    assert_int_equal(handle_table_used(&other), 0);
    end();
}

static void a_table_can_move_handles_to_itself(void **state)
{
    (void)state;
    begin();
    struct handle_move move = move_of(MOVED);
    move.to = &table;
    assert_int_equal(handle_move_reserve(&move), j6_status_ok);
    assert_int_equal(handle_move_finish(&move), j6_status_ok);
    for (unsigned i = 0; i < MOVED; i++) {
        assert_null(handle_find(&table, sent[i]));
        assert_ptr_equal(handle_find(&table, move.received[i]), object_number(i));
    }
    assert_int_equal(handle_table_used(&table), HANDLE_MOVE_MAX);
    end();
}

static void a_badge_goes_with_its_last_handle(void **state)
{
    (void)state;
    begin();
    struct thing_badge badge = {.badge = {.object = object_number(0), .value = 7, .holders = 1}};
    handle_target_t target = target_of(badge.badge.object, &badge.badge);
    struct badge *found;
    assert_int_equal(handle_insert_target(&table, target, j6_right_duplicate, &sent[0]), 0);
    badge_put(&badge.badge);
    assert_int_equal(handle_copy(&table, sent[0], &other, 0, &sent[1]), 0);
    assert_ptr_equal(handle_find(&other, sent[1]), object_number(0));
    assert_true(handle_find_badge(&other, sent[1], &found));
    assert_ptr_equal(found, &badge.badge);
    remove_handle(sent[0]);
    badge_put(found);
    assert_int_equal(badge.gone, 0);
    assert_int_equal(handle_remove(&other, sent[1]), 0);
    assert_int_equal(badge.gone, 1);
    assert_int_equal(handle_insert_target(&table, target, 0, &sent[0]), j6_err_bad_handle);
    end();
}

/* ---- at once ---- */

/* Slots in the other table, which has none before its first handle. */
static void make_room(void)
{
    j6_handle_t first;
    assert_int_equal(handle_insert(&other, object_number(0), 0, &first), j6_status_ok);
    assert_int_equal(handle_remove(&other, first), j6_status_ok);
}

static void expect_not_moved(struct handle_move *move)
{
    uint64_t left = account.left[ACCOUNT_HANDLES];
    uint32_t used = handle_table_used(&table);
    assert_false(handle_move_now(move));
    assert_int_equal(account.left[ACCOUNT_HANDLES], left);
    assert_int_equal(handle_table_used(&table), used);
    assert_int_equal(handle_table_used(&other), 0);
}

static void handles_move_at_once_where_there_is_room(void **state)
{
    (void)state;
    begin();
    struct handle_move move = move_of(MOVED);
    expect_not_moved(&move);
    make_room();
    assert_true(handle_move_now(&move));
    for (unsigned i = 0; i < MOVED; i++) {
        assert_null(handle_find(&table, sent[i]));
        assert_ptr_equal(handle_find(&other, move.received[i]), object_number(i));
        assert_int_equal(j6_handle_rights(move.received[i]), j6_handle_rights(sent[i]));
    }
    assert_int_equal(account.left[ACCOUNT_HANDLES], HANDLE_MODEL_LIMIT - HANDLE_MOVE_MAX);
    end();
}

static void nothing_moves_at_once_while_somebody_has_a_lock(void **state)
{
    (void)state;
    begin();
    make_room();
    struct handle_move move = move_of(MOVED);
    struct spinlock *const locks[] = {&table.lock, &other.lock};
    for (unsigned i = 0; i < 2; i++) {
        atomic_store(&locks[i]->held, 1);
        assert_false(handle_move_now(&move));
        atomic_store(&locks[i]->held, 0);
    }
    assert_true(handle_move_now(&move));
    end();
}

static void nothing_moves_at_once_if_one_has_gone_or_the_table_is_closed(void **state)
{
    (void)state;
    begin();
    make_room();
    struct handle_move move = move_of(MOVED);
    assert_int_equal(handle_remove(&table, sent[MOVED - 1]), j6_status_ok);
    expect_not_moved(&move);
    move.count = MOVED - 1;
    other.closed = true;
    expect_not_moved(&move);
    other.closed = false;
    assert_true(handle_move_now(&move));
    end();
}

static void handles_of_a_table_move_at_once_to_itself(void **state)
{
    (void)state;
    begin();
    struct handle_move move = move_of(MOVED);
    move.to = &table;
    assert_true(handle_move_now(&move));
    for (unsigned i = 0; i < MOVED; i++) {
        assert_null(handle_find(&table, sent[i]));
        assert_ptr_equal(handle_find(&table, move.received[i]), object_number(i));
    }
    assert_int_equal(handle_table_used(&table), HANDLE_MOVE_MAX);
    end();
}

static void nothing_to_free(struct account *account_of_test)
{
    (void)account_of_test;
}

/* The receiver pays for what it gets, and must be able to. */
static void handles_that_move_at_once_are_the_receivers_to_pay_for(void **state)
{
    (void)state;
    begin();
    make_room();
    const struct j6_limits limits = {.handles = MOVED, .priority = account.priority};
    struct account poor;
    assert_int_equal(account_init_child(&poor, &account, &limits, nothing_to_free), j6_status_ok);
    struct account *own = other.account;
    struct handle_move move = move_of(MOVED + 1);
    other.account = &poor;
    uint64_t left = account.left[ACCOUNT_HANDLES];
    expect_not_moved(&move);
    atomic_store(&poor.lock.held, 1);
    move.count = MOVED;
    expect_not_moved(&move);
    atomic_store(&poor.lock.held, 0);
    assert_true(handle_move_now(&move));
    assert_int_equal(poor.left[ACCOUNT_HANDLES], 0);
    assert_int_equal(account.left[ACCOUNT_HANDLES], left + MOVED);
    for (unsigned i = 0; i < MOVED; i++) {
        assert_int_equal(handle_remove(&other, move.received[i]), j6_status_ok);
    }
    other.account = own;
    account_join(&poor);
    account_leave(&poor); /* it ends, and what it has left falls back */
    account_put(&poor);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handles_that_move_name_the_same_with_the_same_rights),
        cmocka_unit_test(none_moves_if_one_has_gone),
        cmocka_unit_test(a_reservation_that_fails_leaves_nothing),
        cmocka_unit_test(a_table_can_move_handles_to_itself),
        cmocka_unit_test(a_badge_goes_with_its_last_handle),
        cmocka_unit_test(handles_move_at_once_where_there_is_room),
        cmocka_unit_test(nothing_moves_at_once_while_somebody_has_a_lock),
        cmocka_unit_test(nothing_moves_at_once_if_one_has_gone_or_the_table_is_closed),
        cmocka_unit_test(handles_of_a_table_move_at_once_to_itself),
        cmocka_unit_test(handles_that_move_at_once_are_the_receivers_to_pay_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

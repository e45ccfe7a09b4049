/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/handle_model.c kernel/handle.c kernel/handle_slots.c kernel/base/account.c kernel/base/grace.c kernel/base/kobject.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/string.c tests/host/shim_machine.c */
/* Handle tables: growth, lack of memory, the end; and the objects that handles keep. */
#include "tests/host/handle_model.h"
#include <j6/rights.h>
#include <stdlib.h>
#include <string.h>
#include <test.h>
#include <test_assert.h>
#include <test_random.h>

/* ---- growth, and what goes wrong in it ---- */

static void handles_stay_good_while_the_table_grows(void **state)
{
    (void)state;
    handle_model_begin();
    enum { MANY = 20000 };
    j6_handle_t *handles = calloc(MANY, sizeof(*handles));
    for (unsigned i = 0; i < MANY; i++) {
        handles[i] = insert(i);
        unsigned other = (unsigned)test_random_below(i + 1);
        assert_ptr_equal(handle_find(&table, handles[other]), object_number(other));
    }
    grace_pass(); /* the old directories are freed */
    for (unsigned i = 0; i < MANY; i++) {
        assert_ptr_equal(handle_find(&table, handles[i]), object_number(i));
    }
    assert_int_equal(table.used, MANY);
    assert_int_equal(allocations_live, (MANY + HANDLE_REST) / HANDLE_CHUNK + 1 + 1);
    free(handles);
    handle_model_end();
}

/* What an insert that fails must leave as it was. */
struct before {
    uint64_t left[ACCOUNT_KINDS];
    uint32_t used, free_count, refs, handles;
};

static struct before take_note(const struct kobject *object)
{
    struct before before = {.used = table.used,
                            .free_count = table.free_count,
                            .refs = object->refs,
                            .handles = object->handles};
    memcpy(before.left, account.left, sizeof(before.left));
    return before;
}

static void expect_failure(j6_status_t expected)
{
    struct before before = take_note(object_number(0));
    j6_handle_t handle = 1234;
    assert_int_equal(handle_insert(&table, object_number(0), 0, &handle), expected);
    struct before after = take_note(object_number(0));
    assert_memory_equal(&before, &after, sizeof(before));
    assert_int_equal(handle, 1234);
}

static void handle_insert_without_memory_changes_nothing(void **state)
{
    (void)state;
    handle_model_begin();
    for (unsigned chunk = 0; chunk < 40; chunk++) {
        int64_t tries = 0;
        for (;; tries++) {
            allocations_left = tries;
            struct before before = take_note(object_number(0));
            j6_handle_t handle = 0;
            j6_status_t status = handle_insert(&table, object_number(0), 0, &handle);
            allocations_left = -1;
            if (status == j6_status_ok) {
                assert_ptr_equal(handle_find(&table, handle), object_number(0));
                break;
            }
            struct before after = take_note(object_number(0));
            assert_int_equal(status, j6_err_no_memory);
            assert_memory_equal(&before, &after, sizeof(before));
            assert_true(tries < 2);
        }
        /* A chunk; a directory too while it grows. The try before has left the larger one. */
        assert_in_range(tries, 1, 2);
        while (table.free_count > HANDLE_REST) {
            insert(table.free_count);
        }
    }
    handle_model_end();
}

static void handle_insert_over_the_limit_of_handles_is_quota(void **state)
{
    (void)state;
    handle_model_begin();
    account.left[ACCOUNT_HANDLES] = 0;
    expect_failure(j6_err_quota);
    account.left[ACCOUNT_HANDLES] = 1;
    j6_handle_t handle = insert(0);
    expect_failure(j6_err_quota);
    remove_handle(handle);
    assert_int_equal(account.left[ACCOUNT_HANDLES], 1);
    account.left[ACCOUNT_HANDLES] = HANDLE_MODEL_LIMIT;
    handle_model_end();
}

static void handle_insert_over_the_limit_of_memory_is_quota(void **state)
{
    (void)state;
    handle_model_begin();
    uint64_t memory = account.left[ACCOUNT_MEMORY];
    for (uint64_t left = 0; left < HANDLE_MODEL_FIRST_BYTES; left += 8) {
        account.left[ACCOUNT_MEMORY] = left;
        expect_failure(j6_err_quota);
        assert_int_equal(account.left[ACCOUNT_MEMORY], left);
        assert_int_equal(allocations_live, 0);
    }
    account.left[ACCOUNT_MEMORY] = HANDLE_MODEL_FIRST_BYTES;
    insert(0);
    assert_int_equal(account.left[ACCOUNT_MEMORY], 0);
    account.left[ACCOUNT_MEMORY] = memory - HANDLE_MODEL_FIRST_BYTES;
    handle_model_end();
}

/* ---- the end of a table ---- */

static void handle_table_that_is_closed_has_no_handles(void **state)
{
    (void)state;
    handle_model_begin();
    j6_handle_t handles[1000];
    for (unsigned i = 0; i < 1000; i++) {
        handles[i] = insert(i);
    }
    for (unsigned i = 0; i < 1000; i += 3) {
        remove_handle(handles[i]);
    }
    handle_table_close(&table);
    assert_int_equal(table.used, 0);
    assert_int_equal(account.left[ACCOUNT_HANDLES], HANDLE_MODEL_LIMIT);
    for (unsigned i = 0; i < 1000; i++) {
        assert_null(handle_find(&table, handles[i]));
    }
    for (unsigned i = 0; i < HANDLE_MODEL_KINDS; i++) {
        assert_int_equal(things[i].last_handles, 1);
    }
    expect_failure(j6_err_bad_state);
    handle_table_close(&table);
    handle_model_end();
}

static void handle_table_that_was_never_used_ends(void **state)
{
    (void)state;
    handle_model_begin();
    handle_table_close(&table);
    expect_failure(j6_err_bad_state);
    assert_int_equal(allocations_live, 0);
    handle_model_end();
}

static void handle_table_destroyed_with_handles_in_it_is_caught(void **state)
{
    (void)state;
    handle_model_begin();
    insert(0);
    expect_assert_failure(handle_table_destroy(&table));
    spinlock_unlock(&table.lock); /* it stopped with the lock held */
    handle_model_end();
}

static void object_without_handles_is_told_and_without_references_is_freed(void **state)
{
    (void)state;
    handle_model_begin();
    static struct thing thing;
    assert_int_equal(thing_init(&thing, j6_type_event), j6_status_ok);
    assert_int_equal(kobject_live(j6_type_event), 2);
    j6_handle_t handles[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(handle_insert(&table, &thing.object, 0, &handles[i]), j6_status_ok);
    }
    kobject_put(&thing.object); /* the handles keep it */
    remove_handle(handles[0]);
    assert_int_equal(thing.last_handles, 0);
    assert_int_equal(thing.destroyed, 0);
    kobject_get(&thing.object);
    remove_handle(handles[1]);
    assert_int_equal(thing.last_handles, 1);
    assert_int_equal(thing.destroyed, 0);
    kobject_put(&thing.object);
    assert_int_equal(thing.destroyed, 1);
    assert_int_equal(thing.freed, 0);
    expect_assert_failure(kobject_get(&thing.object));
    grace_pass();
    assert_int_equal(thing.freed, 1);
    handle_model_end();
}

static void object_is_told_of_the_rights_of_handles_that_come_and_go(void **state)
{
    (void)state;
    handle_model_begin();
    struct thing *thing = &things[0];
    j6_handle_t handle[2];
    const uint64_t rights[2] = {j6_right_wait, j6_right_info | j6_right_close};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(handle_insert(&table, &thing->object, rights[i], &handle[i]), 0);
    }
    assert_int_equal(thing->rights_added, rights[0] + rights[1]);
    assert_int_equal(thing->rights_gone, 0);
    remove_handle(handle[1]);
    assert_int_equal(thing->rights_gone, rights[1]);
    remove_handle(handle[0]);
    assert_int_equal(thing->rights_gone, thing->rights_added);
    handle_model_end();
}

static void object_is_new_to_everybody(void **state)
{
    (void)state;
    handle_model_begin();
    j6_koid_t last = 0;
    for (unsigned i = 0; i < HANDLE_MODEL_KINDS; i++) {
        const struct kobject *object = &things[i].object;
        assert_int_equal(object->koid >> j6_handle_type_shift, i + 1);
        assert_true((object->koid & ~0ull >> 4) > last); /* never used twice, and never 0 */
        last = object->koid & ~0ull >> 4;
        assert_int_equal(object->signals, 0);
        assert_true(list_is_empty(&object->waiters));
        assert_int_equal(object->refs, 1);
        assert_int_equal(object->handles, 0);
        assert_ptr_equal(object->account, &account);
    }
    handle_model_end();
}

static void object_that_the_account_can_not_pay_for_is_quota(void **state)
{
    (void)state;
    handle_model_begin();
    struct thing thing;
    uint64_t memory = account.left[ACCOUNT_MEMORY];
    account.left[ACCOUNT_MEMORY] = sizeof(struct thing) - 1;
    assert_int_equal(thing_init(&thing, j6_type_event), j6_err_quota);
    assert_int_equal(kobject_live(j6_type_event), 1);
    assert_int_equal(account.refs, 1 + HANDLE_MODEL_KINDS);
    account.left[ACCOUNT_MEMORY] = memory;
    handle_model_end();
}

/* ---- everything at once ---- */

enum { OPEN_MAX = 1500 };

static struct open_handle {
    j6_handle_t value;
    uint64_t object;
} open_handles[OPEN_MAX];
static unsigned open_count;

static void random_operation(unsigned share)
{
    if (test_random_below(100) < share && open_count < OPEN_MAX) {
        uint64_t object = test_random_below(HANDLE_MODEL_KINDS);
        allocations_left = test_random_below(20) == 0 ? 0 : -1;
        j6_handle_t handle;
        j6_status_t status = handle_insert(&table, object_number(object), 0, &handle);
        allocations_left = -1;
        if (status == j6_status_ok) {
            open_handles[open_count++] = (struct open_handle){handle, object};
        } else {
            assert_int_equal(status, j6_err_no_memory);
        }
    } else if (open_count > 0) {
        unsigned which = (unsigned)test_random_below(open_count);
        j6_handle_t handle = open_handles[which].value;
        remove_handle(handle);
        assert_null(handle_find(&table, handle));
        open_handles[which] = open_handles[--open_count];
    }
    if (open_count > 0) {
        const struct open_handle *some = &open_handles[test_random_below(open_count)];
        assert_ptr_equal(handle_find(&table, some->value), object_number(some->object));
        assert_null(handle_find(&table, some->value ^ 1ull << (20 + test_random_below(44))));
    }
    assert_int_equal(table.used, open_count);
    assert_int_equal(account.left[ACCOUNT_HANDLES], HANDLE_MODEL_LIMIT - open_count);
}

static void handles_come_and_go_at_random(void **state)
{
    (void)state;
    handle_model_begin();
    open_count = 0;
    for (int i = 0; i < 200000; i++) {
        random_operation(i / 5000 % 2 == 0 ? 60 : 40);
        if (i % 1000 == 0) {
            grace_pass();
        }
    }
    handle_model_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handles_stay_good_while_the_table_grows),
        cmocka_unit_test(handle_insert_without_memory_changes_nothing),
        cmocka_unit_test(handle_insert_over_the_limit_of_handles_is_quota),
        cmocka_unit_test(handle_insert_over_the_limit_of_memory_is_quota),
        cmocka_unit_test(handle_table_that_is_closed_has_no_handles),
        cmocka_unit_test(handle_table_that_was_never_used_ends),
        cmocka_unit_test(handle_table_destroyed_with_handles_in_it_is_caught),
        cmocka_unit_test(object_without_handles_is_told_and_without_references_is_freed),
        cmocka_unit_test(object_is_told_of_the_rights_of_handles_that_come_and_go),
        cmocka_unit_test(object_is_new_to_everybody),
        cmocka_unit_test(object_that_the_account_can_not_pay_for_is_quota),
        cmocka_unit_test(handles_come_and_go_at_random),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

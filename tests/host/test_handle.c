/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/handle_model.c kernel/handle.c kernel/handle_slots.c kernel/base/account.c kernel/base/grace.c kernel/base/kobject.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/string.c tests/host/shim_machine.c */
/* Handles: which value names what, and when a slot is used again. */
#include "tests/host/handle_model.h"
#include <j6/handle.h>
#include <j6/rights.h>
#include <test.h>
#include <test_assert.h>
#include <test_random.h>

enum { GENERATION_LAST = (1 << 20) - 1 };

/* ---- what a handle is ---- */

static void handle_finds_the_object_that_it_was_made_for(void **state)
{
    (void)state;
    handle_model_begin();
    for (unsigned i = 0; i < HANDLE_MODEL_KINDS; i++) {
        j6_handle_t handle = insert(i);
        assert_ptr_equal(handle_find(&table, handle), object_number(i));
        assert_int_equal(j6_handle_type(handle), i + 1);
        assert_int_equal(j6_handle_rights(handle), handle_all_rights(i + 1));
        assert_int_equal(j6_handle_generation(handle), 1);
        assert_int_equal(j6_handle_index(handle), i);
    }
    handle_model_end();
}

static void handle_carries_exactly_the_rights_that_were_asked_for(void **state)
{
    (void)state;
    handle_model_begin();
    uint64_t all = handle_all_rights(things[4].object.type->number);
    for (unsigned bit = j6_handle_rights_shift; bit < j6_handle_rights_shift + 20; bit++) {
        j6_handle_t handle = 1;
        if (all >> bit & 1) {
            assert_int_equal(handle_insert(&table, &things[4].object, 1ull << bit, &handle),
                             j6_status_ok);
            assert_int_equal(j6_handle_rights(handle), 1ull << bit);
        } else {
            expect_assert_failure(
                (void)!handle_insert(&table, &things[4].object, 1ull << bit, &handle));
            assert_int_equal(handle, 1);
        }
    }
    handle_model_end();
}

static void handle_rights_of_each_type_are_those_of_the_list(void **state)
{
    (void)state;
    static const uint64_t own[] = {
        [j6_type_system] = j6_right_system_restrict,
        [j6_type_event] = 0,
        [j6_type_channel] = j6_right_channel_send | j6_right_channel_receive,
        [j6_type_endpoint] =
            j6_right_endpoint_send | j6_right_endpoint_receive | j6_right_endpoint_badge,
        [j6_type_vma] = j6_right_vma_map | j6_right_vma_read | j6_right_vma_write |
                        j6_right_vma_exec | j6_right_vma_resize,
        [j6_type_process] = j6_right_process_kill | j6_right_process_start | j6_right_process_give |
                            j6_right_process_map | j6_right_process_debug,
        [j6_type_thread] = j6_right_thread_kill | j6_right_thread_control | j6_right_thread_debug,
    };
    for (unsigned type = 1; type < j6_type_count; type++) {
        assert_int_equal(handle_all_rights(type), own[type] | 0x3full << 40);
    }
}

static void handle_with_any_bit_altered_is_not_found(void **state)
{
    (void)state;
    handle_model_begin();
    j6_handle_t handles[300];
    for (unsigned i = 0; i < 300; i++) {
        handles[i] = insert(i);
    }
    for (unsigned i = 0; i < 300; i++) {
        for (unsigned bit = 0; bit < 64; bit++) {
            j6_handle_t altered = handles[i] ^ 1ull << bit;
            assert_null(handle_find(&table, altered));
            assert_int_equal(handle_remove(&table, altered), j6_err_bad_handle);
        }
        assert_ptr_equal(handle_find(&table, handles[i]), object_number(i));
    }
    handle_model_end();
}

static void handle_made_up_is_not_found(void **state)
{
    (void)state;
    handle_model_begin();
    assert_null(handle_find(&table, 0)); /* not even in an empty table */
    assert_null(handle_find(&table, ~0ull));
    j6_handle_t handle = insert(0);
    static const j6_handle_t made_up[] = {0, 1, 255, 256, 0xfffff, 1ull << 20, ~0ull, 1ull << 63};
    for (unsigned i = 0; i < sizeof(made_up) / sizeof(made_up[0]); i++) {
        assert_null(handle_find(&table, made_up[i]));
        assert_int_equal(handle_remove(&table, made_up[i]), j6_err_bad_handle);
    }
    assert_null(handle_find(&table, j6_handle_self_process));
    assert_null(handle_find(&table, j6_handle_self_thread));
    for (int i = 0; i < 100000; i++) {
        uint64_t value = test_random_magnitude();
        assert_true(value == handle || handle_find(&table, value) == NULL);
    }
    remove_handle(handle);
    assert_null(handle_find(&table, 0)); /* the value of a free slot */
    handle_model_end();
}

static void handle_removed_stays_stale(void **state)
{
    (void)state;
    handle_model_begin();
    j6_handle_t stale[1000];
    for (unsigned i = 0; i < 1000; i++) {
        stale[i] = insert(i);
        remove_handle(stale[i]);
        for (unsigned n = 0; n <= i; n++) {
            assert_null(handle_find(&table, stale[n]));
        }
        assert_int_equal(handle_remove(&table, stale[i]), j6_err_bad_handle);
    }
    handle_model_end();
}

/* ---- slots ---- */

static void handle_slot_rests_while_64_others_are_used(void **state)
{
    (void)state;
    handle_model_begin();
    for (unsigned kept = 0; kept < 400; kept += 37) {
        for (unsigned i = 0; i < kept; i++) {
            insert(i);
        }
        for (unsigned round = 0; round < 300; round++) {
            j6_handle_t freed = insert(round);
            remove_handle(freed);
            j6_handle_t others[HANDLE_REST];
            for (unsigned i = 0; i < HANDLE_REST; i++) {
                others[i] = insert(i);
                assert_int_not_equal(j6_handle_index(others[i]), j6_handle_index(freed));
            }
            for (unsigned i = 0; i < HANDLE_REST; i++) {
                remove_handle(others[i]);
            }
        }
    }
    handle_model_end();
}

/* Also where the account can't pay for more slots. */
static void handle_slot_rests_when_the_table_can_not_grow(void **state)
{
    (void)state;
    handle_model_begin();
    j6_handle_t first = insert(0);
    uint64_t memory = account.left[ACCOUNT_MEMORY];
    account.left[ACCOUNT_MEMORY] = 0;
    j6_handle_t handle;
    unsigned count = 1;
    while (handle_insert(&table, object_number(count), 0, &handle) == j6_status_ok) {
        count++;
    }
    assert_int_equal(count, HANDLE_CHUNK - HANDLE_REST);
    remove_handle(first);
    for (unsigned i = 0; i < 4 * HANDLE_CHUNK; i++) {
        j6_status_t status = handle_insert(&table, object_number(i), 0, &handle);
        assert_int_equal(status, j6_status_ok);
        assert_true(i >= HANDLE_REST || j6_handle_index(handle) != j6_handle_index(first));
        assert_int_equal(handle_insert(&table, object_number(i), 0, &handle), j6_err_quota);
        remove_handle(handle);
    }
    account.left[ACCOUNT_MEMORY] = memory;
    handle_model_end();
}

static void handle_generation_rises_with_each_use_of_a_slot(void **state)
{
    (void)state;
    handle_model_begin();
    uint32_t generations[HANDLE_CHUNK] = {0};
    for (unsigned i = 0; i < 20 * HANDLE_CHUNK; i++) {
        j6_handle_t handle = insert(i);
        assert_in_range(j6_handle_index(handle), 0, HANDLE_CHUNK - 1);
        assert_int_equal(j6_handle_generation(handle), ++generations[j6_handle_index(handle)]);
        remove_handle(handle);
    }
    handle_model_end();
}

static void handle_slot_that_is_worn_rests_until_no_other_is_free(void **state)
{
    (void)state;
    handle_model_begin();
    remove_handle(insert(0));
    for (uint32_t index = 1; index <= 3; index++) {
        preset_generation(index, GENERATION_LAST - 1);
    }
    for (uint32_t index = 1; index <= 3; index++) {
        j6_handle_t last = insert(index);
        assert_int_equal(j6_handle_index(last), index);
        assert_int_equal(j6_handle_generation(last), GENERATION_LAST);
        remove_handle(last);
        assert_null(handle_find(&table, last));
    }
    for (unsigned i = 0; i < 5 * HANDLE_CHUNK; i++) {
        j6_handle_t handle = insert(i);
        assert_false(j6_handle_index(handle) >= 1 && j6_handle_index(handle) <= 3);
        remove_handle(handle);
    }
    uint64_t memory = account.left[ACCOUNT_MEMORY];
    account.left[ACCOUNT_MEMORY] = 0;
    unsigned worn = 0;
    j6_handle_t handle;
    while (handle_insert(&table, object_number(0), 0, &handle) == j6_status_ok) {
        bool is_worn = j6_handle_index(handle) >= 1 && j6_handle_index(handle) <= 3;
        assert_true(is_worn || worn == 0);
        assert_true(!is_worn || j6_handle_generation(handle) == 1);
        worn += is_worn;
    }
    assert_int_equal(worn, 3);
    account.left[ACCOUNT_MEMORY] = memory;
    handle_model_end();
}

static void handle_table_that_is_full_is_quota(void **state)
{
    (void)state;
    handle_model_begin();
    j6_handle_t handle;
    j6_handle_t last = 0;
    uint64_t count = 0;
    while (handle_insert(&table, object_number(count), 0, &handle) == j6_status_ok) {
        last = handle;
        count++;
    }
    assert_int_equal(handle_insert(&table, object_number(0), 0, &handle), j6_err_quota);
    assert_int_equal(count, HANDLE_MAX - HANDLE_REST);
    assert_true(j6_handle_index(last) < HANDLE_MAX);
    assert_null(handle_find(&table, j6_handle_self_thread));
    remove_handle(last);
    last = insert(0);
    assert_ptr_equal(handle_find(&table, last), object_number(0));
    handle_model_end();
}

/* ---- objects that end meanwhile ---- */

/* Another CPU closed the handle that the object was found through, and that was the last reference. */
static void handle_for_an_object_that_has_ended_is_refused(void **state)
{
    (void)state;
    handle_model_begin();
    struct kobject *object = object_number(0);
    uint32_t refs = atomic_exchange(&object->refs, 0);
    j6_handle_t handle = 1;
    assert_false(kobject_try_get(object));
    assert_int_equal(handle_insert(&table, object, 0, &handle), j6_err_bad_handle);
    assert_int_equal(handle, 1);
    assert_int_equal(object->refs, 0);
    atomic_store(&object->refs, refs);
    assert_true(kobject_try_get(object));
    assert_int_equal(object->refs, refs + 1);
    kobject_put(object);
    handle_model_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handle_for_an_object_that_has_ended_is_refused),
        cmocka_unit_test(handle_finds_the_object_that_it_was_made_for),
        cmocka_unit_test(handle_carries_exactly_the_rights_that_were_asked_for),
        cmocka_unit_test(handle_rights_of_each_type_are_those_of_the_list),
        cmocka_unit_test(handle_with_any_bit_altered_is_not_found),
        cmocka_unit_test(handle_made_up_is_not_found),
        cmocka_unit_test(handle_removed_stays_stale),
        cmocka_unit_test(handle_slot_rests_while_64_others_are_used),
        cmocka_unit_test(handle_slot_rests_when_the_table_can_not_grow),
        cmocka_unit_test(handle_generation_rises_with_each_use_of_a_slot),
        cmocka_unit_test(handle_slot_that_is_worn_rests_until_no_other_is_free),
        cmocka_unit_test(handle_table_that_is_full_is_quota),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

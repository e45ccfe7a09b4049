/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/page_table.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_load.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_set.c arch/x86_64/page_walk.c tests/host/page_table_steps.c tests/host/page_table_model.c tests/host/shim_machine.c */
/* Protection of whole subtrees, and how a page that is set below goes on. */
#include "tests/host/page_table_steps.h"
#include <test_assert.h>
#include <test_machine.h>

/* A CPU that remembers the entry above would fault once more. */
static void page_table_set_below_protection_is_seen_at_once(void **state)
{
    (void)state;
    begin();
    set(GIB, 0x1000);
    page_table_model_protect(&model, GIB, GIB + 2 * MIB);
    set(GIB + PAGE_SIZE, 0x2000);
    assert_int_equal(test_invlpg_count, 1);
    assert_int_equal(test_invlpg[0], GIB + PAGE_SIZE);
    end();
}

/* W is left in the entries below, where nobody looks at it. */
static void page_table_protect_costs_its_topmost_entries(void **state)
{
    (void)state;
    begin();
    static const vaddr_t in_range[] = {GIB - PAGE_SIZE, GIB - 2 * MIB, GIB, 2 * GIB + 2 * MIB};
    for (unsigned i = 0; i < 4; i++) {
        set(in_range[i], 0x1000);
        set(in_range[i] + 100 * GIB, 0x1000);
    }
    set(GIB - 2 * MIB - PAGE_SIZE, 0x2000);
    set(2 * GIB + 2 * MIB + PAGE_SIZE, 0x3000);
    page_table_model_protect(&model, GIB - 2 * MIB, 2 * GIB + 2 * MIB + PAGE_SIZE);
    page_table_model_check(&model);
    assert_true(raw_is_writable(GIB - 2 * MIB, 0) && !raw_is_writable(GIB - 2 * MIB, 1));
    assert_true(raw_is_writable(GIB - 2 * MIB, 2));
    assert_true(raw_is_writable(GIB, 0) && raw_is_writable(GIB, 1) && !raw_is_writable(GIB, 2));
    assert_true(!raw_is_writable(2 * GIB + 2 * MIB, 0) && raw_is_writable(2 * GIB + 2 * MIB, 1));
    assert_true(raw_is_writable(0, 3));
    page_table_model_protect(&model, 0, USER_END);
    page_table_model_check(&model);
    assert_true(!raw_is_writable(100 * GIB, 3) && raw_is_writable(101 * GIB, 0));
    end();
}

static void page_table_protect_takes_large_pages_whole(void **state)
{
    (void)state;
    begin();
    set_large(GIB, 2 * MIB);
    set_large(GIB + 2 * MIB, 4 * MIB);
    set_large(GIB + 4 * MIB, 6 * MIB);
    page_table_model_protect(&model, GIB + 3 * MIB, GIB + 4 * MIB + PAGE_SIZE);
    page_table_model_check(&model);
    assert_true(raw_is_writable(GIB, 1) && !raw_is_writable(GIB + 2 * MIB, 1));
    set(GIB + 2 * MIB, 0x1000); /* split: the rest stays protected */
    page_table_model_check(&model);
    end();
}

static void page_table_set_moves_protection_down_a_level_at_a_time(void **state)
{
    (void)state;
    begin();
    static const vaddr_t pages[] = {GIB, GIB + PAGE_SIZE, GIB + 4 * MIB, 3 * GIB};
    for (unsigned i = 0; i < 4; i++) {
        set(pages[i], 0x1000);
    }
    set_large(GIB + 8 * MIB, 8 * MIB);
    page_table_model_protect(&model, 0, 512 * GIB);
    assert_false(raw_is_writable(GIB, 3));
    set(GIB, 0x2000);
    page_table_model_check(&model);
    assert_true(raw_is_writable(GIB, 3) && raw_is_writable(GIB, 2) && raw_is_writable(GIB, 1));
    assert_false(raw_is_writable(GIB + PAGE_SIZE, 0));
    assert_true(!raw_is_writable(GIB + 4 * MIB, 1) && raw_is_writable(GIB + 4 * MIB, 0));
    assert_true(!raw_is_writable(3 * GIB, 2) && raw_is_writable(3 * GIB, 1));
    assert_false(raw_is_writable(GIB + 8 * MIB, 1));
    set(GIB + 6 * MIB, 0x3000); /* where there was no table */
    set_large(3 * GIB + 2 * MIB, 2 * MIB);
    page_table_model_check(&model);
    end();
}

static void page_table_set_of_a_read_only_page_leaves_protection_alone(void **state)
{
    (void)state;
    begin();
    set(GIB, 0x1000);
    set(GIB + PAGE_SIZE, 0x2000);
    page_table_model_protect(&model, GIB, GIB + 2 * MIB);
    assert_int_equal(page_table_model_set(&model, GIB, 0x5000, PAGE_USER), j6_status_ok);
    assert_false(raw_is_writable(GIB, 1));
    set(GIB + 2 * PAGE_SIZE, 0x3000); /* finds out, though a table was just used */
    assert_true(raw_is_writable(GIB, 1));
    page_table_model_check(&model);
    page_table_model_protect(&model, GIB, GIB + 2 * MIB);
    set(GIB + 3 * PAGE_SIZE, 0x4000);
    page_table_model_check(&model);
    end();
}

static void page_table_protection_survives_counting(void **state)
{
    (void)state;
    begin();
    set(GIB, 0x1000);
    page_table_model_protect(&model, 0, 512 * GIB);
    assert_int_equal(page_table_model_set(&model, GIB + 2 * MIB, 0x5000, PAGE_USER), j6_status_ok);
    page_table_model_check(&model);
    clear(&model, GIB);
    page_table_model_check(&model);
    assert_false(raw_is_writable(GIB, 3));
    clear(&model, GIB + 2 * MIB);
    assert_int_equal(table.tables, 1);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_table_set_below_protection_is_seen_at_once),
        cmocka_unit_test(page_table_protect_costs_its_topmost_entries),
        cmocka_unit_test(page_table_protect_takes_large_pages_whole),
        cmocka_unit_test(page_table_set_moves_protection_down_a_level_at_a_time),
        cmocka_unit_test(page_table_set_of_a_read_only_page_leaves_protection_alone),
        cmocka_unit_test(page_table_protection_survives_counting),
    };
    page_table_model_init_kernel(&kernel);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

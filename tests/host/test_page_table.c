/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/page_table.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_load.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_set.c arch/x86_64/page_walk.c tests/host/page_table_steps.c tests/host/page_table_model.c tests/host/shim_machine.c */
/* Page tables against their model, in memory that can be touched only while it is a table. */
#include "arch/x86_64/page_entry.h"
#include "tests/host/page_table_steps.h"
#include <test_assert.h>
#include <test_machine.h>

static void page_bits_say_what_the_flags_say(void **state)
{
    (void)state;
    for (uint32_t flags = 0; flags < 1u << (PAGE_CACHE_SHIFT + 3); flags++) {
        uint64_t bits = page_bits(flags);
        assert_int_equal(page_flags_of(bits), flags);
        assert_true(bits & ENTRY_PRESENT);
        assert_int_equal(bits & ENTRY_ADDRESS, 0);
        assert_int_equal(!(bits & ENTRY_NO_EXECUTE), !!(flags & PAGE_EXEC));
        assert_int_equal(!!(bits & ENTRY_WRITE), !!(flags & PAGE_WRITE));
    }
}

static void page_table_of_nothing_maps_nothing(void **state)
{
    (void)state;
    begin();
    page_table_model_find(&model, 0);
    page_table_model_find(&model, USER_START);
    page_table_model_find(&model, USER_END);
    page_table_model_next(&model, 0, USER_END);
    assert_false(clear(&model, USER_START));
    end();
}

static void page_table_grows_by_three_and_shrinks_to_its_root(void **state)
{
    (void)state;
    begin();
    set(USER_START, 0x1000);
    assert_int_equal(table.tables, 4);
    set(USER_START + PAGE_SIZE, 0x2000);
    assert_int_equal(table.tables, 4);
    set(USER_END - PAGE_SIZE, 0x3000);
    assert_int_equal(table.tables, 7);
    page_table_model_check(&model);
    clear(&model, USER_START);
    assert_int_equal(table.tables, 7);
    clear(&model, USER_START + PAGE_SIZE);
    assert_int_equal(table.tables, 4);
    clear(&model, USER_END - PAGE_SIZE);
    assert_int_equal(table.tables, 1);
    end();
}

static void page_table_set_replaces_what_was_there(void **state)
{
    (void)state;
    begin();
    set(4 * GIB, 0x1000);
    set(4 * GIB, 0xffffffff000);
    assert_int_equal(page_table_model_set(&model, 4 * GIB, 0x5000, PAGE_USER | PAGE_EXEC),
                     j6_status_ok);
    page_table_model_find(&model, 4 * GIB + 4095);
    page_table_model_check(&model);
    end();
}

static void page_table_holds_full_tables(void **state)
{
    (void)state;
    begin();
    for (unsigned i = 0; i < 1024; i++) {
        set(GIB + i * PAGE_SIZE, (i + 1) * PAGE_SIZE);
    }
    for (unsigned i = 0; i < 512; i++) {
        set(2 * GIB + i * (2ull << 20), (i + 1) * PAGE_SIZE);
    }
    page_table_model_check(&model);
    end();
}

static void page_table_remembers_no_table_that_is_gone(void **state)
{
    (void)state;
    begin();
    set(GIB, 0x1000);
    clear(&model, GIB);
    set(GIB, 0x2000);
    set(2 * GIB, 0x3000);
    clear(&model, GIB);
    set(2 * GIB + PAGE_SIZE, 0x4000);
    set(GIB + PAGE_SIZE, 0x5000);
    page_table_model_check(&model);
    end();
}

static void page_table_next_steps_over_what_is_absent(void **state)
{
    (void)state;
    begin();
    set(GIB, 0x1000);
    set(GIB + 511 * PAGE_SIZE, 0x2000);
    set(600 * GIB, 0x3000);
    set(USER_END - PAGE_SIZE, 0x4000);
    static const vaddr_t edges[] = {
        0,         GIB - PAGE_SIZE,      GIB,      2 * GIB,    GIB + 512 * PAGE_SIZE, 512 * GIB,
        600 * GIB, USER_END - PAGE_SIZE, USER_END, 1ull << 47, GIB + 511 * PAGE_SIZE};
    for (unsigned from = 0; from < sizeof(edges) / sizeof(edges[0]); from++) {
        for (unsigned to = 0; to < sizeof(edges) / sizeof(edges[0]); to++) {
            page_table_model_next(&model, edges[from], edges[to]);
            page_table_model_next(&model, edges[from] + PAGE_SIZE, edges[to] + PAGE_SIZE);
        }
    }
    end();
}

static void page_table_next_ends_at_the_end_of_the_address_space(void **state)
{
    (void)state;
    const vaddr_t last = ~0ull & ~(PAGE_SIZE - 1);
    page_table_model_next(&kernel, KERNEL_BASE, last);
    assert_int_equal(page_table_model_set(&kernel, last, 0x1000, PAGE_WRITE), j6_status_ok);
    page_table_model_next(&kernel, KERNEL_BASE, ~0ull);
    assert_true(page_table_model_clear_all(&kernel, last, ~0ull));
    page_table_model_next(&kernel, KERNEL_BASE, ~0ull);
}

static void page_table_set_without_memory_changes_nothing(void **state)
{
    (void)state;
    begin();
    assert_int_equal(tables_needed(page_table_model_set, &model, GIB), 3);
    assert_int_equal(tables_needed(page_table_model_set, &model, GIB), 0);
    assert_int_equal(tables_needed(page_table_model_set, &model, GIB + PAGE_SIZE), 0);
    assert_int_equal(tables_needed(page_table_model_set, &model, GIB + 2 * MIB), 1);
    assert_int_equal(tables_needed(page_table_model_set, &model, 2 * GIB), 2);
    assert_int_equal(tables_needed(page_table_model_set, &model, 512 * GIB), 3);
    assert_int_equal(tables_needed(page_table_model_set, &kernel, STACKS_BASE), 2);
    assert_int_equal(tables_needed(page_table_model_set, &kernel, STACKS_BASE + 2 * MIB), 1);
    assert_int_equal(tables_needed(page_table_model_set, &kernel, STACKS_BASE + 511 * GIB), 2);
    end();
    page_table_model_destroy(&kernel);
    test_tables_left = 0;
    struct page_table none;
    assert_int_equal(page_table_init(&none), test_tables_failure);
    test_tables_left = -1;
}

static void page_tables_share_what_the_kernel_maps_later(void **state)
{
    (void)state;
    begin();
    paddr_t page = 0;
    uint32_t flags;
    assert_int_equal(page_table_model_set(&kernel, STACKS_BASE + 5 * GIB, 0x9000, PAGE_WRITE),
                     j6_status_ok);
    assert_true(page_table_find(&table, STACKS_BASE + 5 * GIB, &page, &flags));
    assert_int_equal(page, 0x9000);
    clear(&kernel, STACKS_BASE + 5 * GIB);
    assert_false(page_table_find(&table, STACKS_BASE + 5 * GIB, &page, &flags));
    end();
}

/* All spaces have copies of it, which must never go stale; nor may a count run over. */
static void page_table_root_of_the_kernel_never_changes(void **state)
{
    (void)state;
    uint64_t before = raw_entry(&kernel_page_table, STACKS_BASE, LEVELS - 1);
    for (unsigned i = 0; i < 3000; i++) {
        assert_int_equal(page_table_model_set(&kernel, STACKS_BASE + i % 5 * GIB, 0x1000, 0),
                         j6_status_ok);
        assert_int_equal(raw_entry(&kernel_page_table, STACKS_BASE, LEVELS - 1), before);
        clear(&kernel, STACKS_BASE + i % 5 * GIB);
        assert_int_equal(raw_entry(&kernel_page_table, STACKS_BASE, LEVELS - 1), before);
    }
    page_table_model_check(&kernel);
}

static void page_table_load_says_which_cpus_have_it(void **state)
{
    (void)state;
    struct page_batch batch = {0};
    begin();
    page_table_load(&kernel_page_table);
    page_table_aim(&table, &batch);
    assert_int_equal(batch.cpus, 0);
    test_cr3_writes = 0;
    for (unsigned i = 0; i < TEST_CPUS; i++) {
        test_cpu_switch(i);
        page_table_load(&table);
        page_table_load(&table);
        assert_int_equal(test_cr3[i], table.root);
    }
    assert_int_equal(test_cr3_writes, TEST_CPUS);
    page_table_aim(&table, &batch);
    assert_int_equal(batch.cpus, (1 << TEST_CPUS) - 1);
    for (unsigned i = 0; i < TEST_CPUS; i++) {
        test_cpu_switch(i);
        page_table_load(&kernel_page_table);
        assert_int_equal(test_cr3[i], kernel_page_table.root);
        assert_true(table.cpus >> i & 1); /* it lingers, until the CPU lets go of it */
        page_table_let_go();
        assert_int_equal(table.cpus >> i, ((1 << TEST_CPUS) - 1) >> i & ~1);
    }
    test_cpu_switch(0);
    page_table_aim(&kernel_page_table, &batch);
    assert_int_equal(batch.cpus, ~0ull);
    end();
}

/* Two tables that take turns change no bits; a third one takes the place of who lingers. */
static void page_table_load_keeps_the_bits_of_the_last_two(void **state)
{
    (void)state;
    begin();
    page_table_model_init(&other_model, &other_table);
    page_table_load(&table);
    page_table_load(&other_table);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(table.cpus, 1);
        assert_int_equal(other_table.cpus, 1);
        page_table_load(&table);
        page_table_load(&other_table);
    }
    page_table_load(&kernel_page_table);
    assert_int_equal(table.cpus, 0);
    assert_int_equal(other_table.cpus, 1);
    page_table_model_destroy(&other_model); /* who lingers here may be destroyed here */
    end();
}

static void page_table_destroy_of_a_loaded_table_is_caught(void **state)
{
    (void)state;
    begin();
    page_table_load(&table);
    expect_assert_failure(page_table_destroy(&table));
    end();
}

static void page_table_destroy_of_a_table_in_use_is_caught(void **state)
{
    (void)state;
    page_table_model_init(&other_model, &other_table);
    assert_int_equal(page_table_model_set(&other_model, GIB, 0x1000, RW), j6_status_ok);
    expect_assert_failure(page_table_destroy(&other_table));
    page_table_model_destroy(&other_model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_bits_say_what_the_flags_say),
        cmocka_unit_test(page_table_of_nothing_maps_nothing),
        cmocka_unit_test(page_table_grows_by_three_and_shrinks_to_its_root),
        cmocka_unit_test(page_table_set_replaces_what_was_there),
        cmocka_unit_test(page_table_holds_full_tables),
        cmocka_unit_test(page_table_remembers_no_table_that_is_gone),
        cmocka_unit_test(page_table_next_steps_over_what_is_absent),
        cmocka_unit_test(page_table_next_ends_at_the_end_of_the_address_space),
        cmocka_unit_test(page_table_set_without_memory_changes_nothing),
        cmocka_unit_test(page_tables_share_what_the_kernel_maps_later),
        cmocka_unit_test(page_table_root_of_the_kernel_never_changes),
        cmocka_unit_test(page_table_destroy_of_a_table_in_use_is_caught),
        cmocka_unit_test(page_table_load_says_which_cpus_have_it),
        cmocka_unit_test(page_table_load_keeps_the_bits_of_the_last_two),
        cmocka_unit_test(page_table_destroy_of_a_loaded_table_is_caught),
    };
    page_table_model_init_kernel(&kernel);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

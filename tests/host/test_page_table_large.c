/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/page_table.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_load.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_set.c arch/x86_64/page_walk.c tests/host/page_table_steps.c tests/host/page_table_model.c tests/host/shim_machine.c */
/* Large pages: where they lie, what splits them, and what takes their place. */
#include "arch/x86_64/page_entry.h"
#include "tests/host/page_table_steps.h"
#include <test_assert.h>

static void page_table_set_large_without_memory_changes_nothing(void **state)
{
    (void)state;
    begin();
    assert_int_equal(tables_needed(page_table_model_set_large, &model, GIB), 2);
    assert_int_equal(tables_needed(page_table_model_set_large, &model, GIB), 0);
    assert_int_equal(tables_needed(page_table_model_set_large, &model, GIB + 2 * MIB), 0);
    assert_int_equal(tables_needed(page_table_model_set_large, &model, 2 * GIB), 1);
    assert_int_equal(tables_needed(page_table_model_set, &model, GIB + PAGE_SIZE), 1);
    assert_int_equal(tables_needed(page_table_model_set_large, &model, GIB), 0);
    end();
}

/* In large pages bit 7 says that they are, so the PAT bit lies elsewhere. */
static void page_table_keeps_the_caching_of_large_pages(void **state)
{
    (void)state;
    begin();
    for (uint32_t slot = 0; slot < 8; slot++) {
        vaddr_t address = GIB + slot * LARGE_PAGE_SIZE;
        uint32_t flags = RW | slot << PAGE_CACHE_SHIFT;
        assert_int_equal(page_table_model_set_large(&model, address, 4 * MIB, flags), j6_status_ok);
        uint64_t entry = raw_entry(&table, address, 1);
        assert_true(entry & 1 << 7);
        assert_int_equal(entry >> 12 & 1, slot >> 2);
        page_table_model_find(&model, address + 0x5555);
        page_table_model_check(&model);
        set(address + 7 * PAGE_SIZE, 0x1000); /* the other 511 are as they were */
        assert_int_equal(raw_entry(&table, address, 0) >> 7 & 1, slot >> 2);
        page_table_model_check(&model);
    }
    end();
}

static void page_table_set_splits_a_large_page(void **state)
{
    (void)state;
    begin();
    set_large(GIB, 6 * MIB);
    assert_int_equal(table.tables, 3);
    set(GIB + 511 * PAGE_SIZE, 0x1000);
    assert_int_equal(table.tables, 4);
    page_table_model_check(&model);
    set_large(GIB + 4 * MIB, 8 * MIB);
    set(GIB + 4 * MIB, 8 * MIB); /* even with what it maps already */
    assert_int_equal(table.tables, 5);
    page_table_model_check(&model);
    end();
}

static void page_table_set_large_takes_the_place_of_small_pages(void **state)
{
    (void)state;
    begin();
    for (unsigned i = 0; i < 512; i++) {
        set(GIB + i * PAGE_SIZE, (i + 1) * PAGE_SIZE);
    }
    set(GIB + 2 * MIB + PAGE_SIZE, 0x3000);
    set_large(GIB + 2 * MIB, 4 * MIB);
    set_large(GIB, 2 * MIB);
    assert_int_equal(table.tables, 3);
    page_table_model_check(&model);
    set_large(GIB, 6 * MIB);
    page_table_model_check(&model);
    set(GIB + PAGE_SIZE, 0x5000); /* not into the table that was remembered */
    page_table_model_check(&model);
    end();
}

static void page_table_clear_splits_large_pages_at_the_ends(void **state)
{
    (void)state;
    begin();
    for (unsigned i = 0; i < 4; i++) {
        set_large(GIB + i * LARGE_PAGE_SIZE, 8 * MIB);
    }
    assert_true(page_table_model_clear_all(&model, GIB + 3 * PAGE_SIZE, GIB + 7 * MIB));
    assert_int_equal(model.count, 3 + 256);
    assert_int_equal(table.tables, 5);
    page_table_model_check(&model);
    assert_true(page_table_model_clear_all(&model, GIB, GIB + 8 * MIB));
    assert_int_equal(table.tables, 1);
    end();
}

static void page_table_clear_without_memory_takes_large_pages_out_whole(void **state)
{
    (void)state;
    for (int64_t tables = 0; tables < 3; tables++) {
        begin();
        for (unsigned i = 0; i < 3; i++) {
            set_large(GIB + i * LARGE_PAGE_SIZE, 8 * MIB);
        }
        test_tables_left = tables;
        assert_true(page_table_model_clear_all(&model, GIB + MIB, GIB + 5 * MIB));
        test_tables_left = -1;
        assert_int_equal(model.count, 256 * tables);
        page_table_model_check(&model);
        end();
    }
}

static void page_table_finds_places_in_large_pages(void **state)
{
    (void)state;
    const uint64_t bits = page_bits(PAGE_WRITE | PAGE_GLOBAL);
    paddr_t page;
    uint32_t flags;
    begin();
    assert_int_equal(page_table_set_at(&table, 8 * GIB, page_entry(3 * GIB, bits, 2), 2, NULL),
                     j6_status_ok);
    assert_int_equal(page_table_set_large(&table, 10 * GIB, 6 * MIB, bits, NULL), j6_status_ok);
    assert_true(page_table_find(&table, 8 * GIB + 0x12345678, &page, &flags));
    assert_int_equal(page, 3 * GIB + 0x12345000);
    assert_int_equal(flags, PAGE_WRITE | PAGE_GLOBAL);
    assert_true(page_table_find(&table, 10 * GIB + 0x1fffff, &page, &flags));
    assert_int_equal(page, 6 * MIB + 0x1ff000);
    assert_false(page_table_find(&table, 10 * GIB + 0x200000, &page, &flags));
    struct page_batch batch = {0};
    vaddr_t from = 8 * GIB;
    expect_assert_failure((void)page_table_clear(&table, &from, 9 * GIB, 1, &batch));
    expect_assert_failure((void)!page_table_set(&table, 8 * GIB, 0x1000, bits, &batch));
    expect_assert_failure((void)!page_table_set_large(&table, GIB, MIB, bits, &batch));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_table_set_large_without_memory_changes_nothing),
        cmocka_unit_test(page_table_keeps_the_caching_of_large_pages),
        cmocka_unit_test(page_table_set_splits_a_large_page),
        cmocka_unit_test(page_table_set_large_takes_the_place_of_small_pages),
        cmocka_unit_test(page_table_clear_splits_large_pages_at_the_ends),
        cmocka_unit_test(page_table_clear_without_memory_takes_large_pages_out_whole),
        cmocka_unit_test(page_table_finds_places_in_large_pages), /* leaves its tables */
    };
    page_table_model_init_kernel(&kernel);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/page_table.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_load.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_set.c arch/x86_64/page_walk.c tests/host/page_table_steps.c tests/host/page_table_model.c tests/host/shim_machine.c */
/* What is cleared step by step, what the TLBs are told of it, and the tables that go. */
#include "tests/host/page_table_steps.h"
#include <test_assert.h>
#include <test_machine.h>

static void page_table_clear_stops_after_so_many_pages(void **state)
{
    (void)state;
    begin();
    for (unsigned i = 0; i < 600; i++) {
        set(GIB + 2 * i * PAGE_SIZE, 0x1000);
    }
    set_large(GIB + 8 * MIB, 2 * MIB);
    set_large(GIB + 10 * MIB, 2 * MIB);
    vaddr_t from = GIB - MIB;
    for (unsigned left = 600; left > 24; left -= 64) {
        assert_true(page_table_model_clear(&model, &from, 2 * GIB, 64));
        assert_int_equal(model.count, left - 64 + 1024);
        page_table_model_check(&model);
    }
    assert_true(page_table_model_clear(&model, &from, 2 * GIB, 25));
    assert_int_equal(model.count, 512);
    assert_int_equal(from, GIB + 10 * MIB);
    assert_false(page_table_model_clear(&model, &from, 2 * GIB, 2));
    assert_int_equal(from, 2 * GIB);
    assert_false(page_table_model_clear(&model, &from, 2 * GIB, 2));
    from = GIB;
    assert_true(page_table_model_clear(&model, &from, 2 * GIB, 0));
    assert_int_equal(from, GIB);
    end();
}

/* Each in the last place of a table of each level: 511 absent entries come before, on three levels. */
static void page_table_clear_stops_when_pages_lie_far_apart(void **state)
{
    (void)state;
    enum { PAGES = 60 };
    begin();
    for (uint64_t i = 1; i <= PAGES; i++) {
        set(i * 512 * GIB - PAGE_SIZE, 0x1000);
    }
    vaddr_t from = USER_START;
    unsigned steps = 1;
    for (; page_table_model_clear(&model, &from, USER_END, 64); steps++) {
        assert_int_equal(model.count, PAGES - 3 * steps);
        assert_int_equal(from, 3 * steps * 512 * GIB);
    }
    assert_int_equal(steps, PAGES / 3 + 1);
    end();
}

/* Whoever begins at the start each time, as who can't remember how far he came, comes to the end. */
static void page_table_clear_clears_a_page_however_far_it_is(void **state)
{
    (void)state;
    begin();
    set(USER_END - PAGE_SIZE, 0x1000);
    set(USER_END - GIB, 0x2000);
    set(128 * 512 * GIB + GIB, 0x3000);
    for (unsigned left = 3; left > 0; left--) {
        vaddr_t from = USER_START;
        page_table_model_clear(&model, &from, USER_END, 1);
        assert_int_equal(model.count, left - 1);
    }
    end();
}

/* What the tables hold when the TLB is told to forget is what it may remember afterwards. */
static uint64_t root_entry_seen;

static void watch_root(vaddr_t address)
{
    root_entry_seen = raw_entry(&table, address, LEVELS - 1);
}

static void page_table_clear_forgets_tables_after_they_are_gone(void **state)
{
    (void)state;
    begin();
    test_invlpg_watch = watch_root;
    set(GIB, 0x1000);
    clear(&model, GIB);
    assert_int_equal(root_entry_seen, 0);
    set_large(GIB, 2 * MIB);
    clear(&model, GIB); /* split */
    assert_int_not_equal(root_entry_seen, 0);
    page_table_model_clear_all(&model, GIB, GIB + 2 * MIB);
    assert_int_equal(root_entry_seen, 0);
    set_large(GIB, 2 * MIB);
    page_table_model_clear_all(&model, GIB, GIB + 2 * MIB);
    assert_int_equal(root_entry_seen, 0);
    test_invlpg_watch = NULL;
    end();
}

static void page_table_clear_looks_no_further_in_an_empty_table(void **state)
{
    (void)state;
    begin();
    set(GIB, 0x1000);
    vaddr_t from = GIB;
    assert_true(page_table_model_clear(&model, &from, 2 * GIB, 1));
    assert_int_equal(from, GIB + 2 * MIB);
    end();
}

static void page_table_set_tells_other_cpus_only_of_what_they_may_do_wrong(void **state)
{
    (void)state;
    struct page_batch batch = {0};
    const page_bits_t read = page_bits(PAGE_USER);
    begin();
    page_table_load(&kernel_page_table);
    test_invlpg_count = 0;
    assert_int_equal(page_table_set(&table, GIB, 0x1000, read, NULL), j6_status_ok);
    assert_int_equal(page_table_set(&table, GIB, 0x1000, read, NULL), j6_status_ok);
    assert_int_equal(test_invlpg_count, 0);
    assert_int_equal(page_table_set(&table, GIB, 0x1000, page_bits(RW), NULL), j6_status_ok);
    assert_int_equal(test_invlpg_count, 1);
    assert_int_equal(page_table_set(&table, GIB, 0x1000, read, &batch), j6_status_ok);
    assert_int_equal(test_invlpg_count, 2);
    assert_int_equal(batch.page_count, 1);
    assert_int_equal(batch.pages[0], GIB);
    expect_assert_failure((void)!page_table_set(&table, GIB, 0x2000, read, NULL));
    vaddr_t from = GIB;
    assert_false(page_table_clear(&table, &from, GIB + PAGE_SIZE, 1, &batch));
    page_batch_free_tables(&batch);
    page_table_model_destroy(&model);
}

static void page_batch_speaks_of_all_pages_when_there_are_many(void **state)
{
    (void)state;
    struct page_batch batch;
    page_batch_init(&batch);
    for (unsigned i = 0; i < PAGE_BATCH_PAGES; i++) {
        page_batch_add_page(&batch, i * PAGE_SIZE);
        assert_int_equal(batch.page_count, i + 1);
    }
    for (unsigned i = 0; i < 3; i++) {
        page_batch_add_page(&batch, GIB);
        assert_int_equal(batch.page_count, PAGE_BATCH_PAGES + 1);
    }
    assert_int_equal(batch.pages[PAGE_BATCH_PAGES - 1], (PAGE_BATCH_PAGES - 1) * PAGE_SIZE);
    while (!page_batch_is_full(&batch)) {
        page_batch_add_frame(&batch, 0x1000);
    }
    assert_int_equal(batch.frame_count, PAGE_BATCH_FRAMES);
}

/* One batch may hold those of several spaces; each goes back to its own. */
static void page_batch_has_room_for_any_number_of_tables(void **state)
{
    (void)state;
    struct page_batch batch = {0};
    begin();
    page_table_model_init(&other_model, &other_table);
    struct page_table *tables[] = {&table, &other_table};
    for (unsigned t = 0; t < 2; t++) {
        for (vaddr_t at = GIB; at < 100 * GIB; at += GIB) {
            assert_int_equal(page_table_set(tables[t], at, 0x1000, page_bits(RW), NULL),
                             j6_status_ok);
        }
    }
    for (unsigned t = 0; t < 2; t++) {
        vaddr_t from = 0;
        assert_false(page_table_clear(tables[t], &from, USER_END, ~0u, &batch));
        assert_int_equal(tables[t]->tables, 1);
    }
    uint64_t live = test_tables_live;
    page_batch_free_tables(&batch);
    assert_int_equal(live - test_tables_live, 2 * (2 * 99 + 1));
    assert_null(batch.tables);
    page_table_model_destroy(&other_model);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_table_clear_stops_after_so_many_pages),
        cmocka_unit_test(page_table_clear_stops_when_pages_lie_far_apart),
        cmocka_unit_test(page_table_clear_clears_a_page_however_far_it_is),
        cmocka_unit_test(page_table_clear_forgets_tables_after_they_are_gone),
        cmocka_unit_test(page_table_clear_looks_no_further_in_an_empty_table),
        cmocka_unit_test(page_table_set_tells_other_cpus_only_of_what_they_may_do_wrong),
        cmocka_unit_test(page_batch_speaks_of_all_pages_when_there_are_many),
        cmocka_unit_test(page_batch_has_room_for_any_number_of_tables),
    };
    page_table_model_init_kernel(&kernel);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/page_table.c arch/x86_64/page_walk.c tests/host/page_table_model.c tests/host/shim_machine.c */
/* Page tables against their model, in memory that can be touched only while it is a table. */
#include "arch/x86_64/page_entry.h"
#include "tests/host/page_table_model.h"
#include <test.h>
#include <test_assert.h>
#include <test_machine.h>
#include <test_random.h>

#define GIB (1ull << 30)
#define RW  (PAGE_WRITE | PAGE_USER)

static struct page_table_model kernel;
static struct page_table_model model;
static struct page_table table;
static struct page_table_model other_model;
static struct page_table other_table;

static void set(vaddr_t address, paddr_t page)
{
    assert_int_equal(page_table_model_set(&model, address, page, RW), j6_status_ok);
}

static void begin(void)
{
    page_table_model_init(&model, &table);
}

static void end(void)
{
    page_table_model_destroy(&model);
    assert_int_equal(test_tables_live, kernel_page_table.tables);
}

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
    page_table_model_next(&model, 0, OFFSET_MAP);
    assert_false(page_table_model_clear(&model, USER_START));
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
    page_table_model_clear(&model, USER_START);
    assert_int_equal(table.tables, 7);
    page_table_model_clear(&model, USER_START + PAGE_SIZE);
    assert_int_equal(table.tables, 4);
    page_table_model_clear(&model, USER_END - PAGE_SIZE);
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
    page_table_model_clear(&model, GIB);
    set(GIB, 0x2000);
    set(2 * GIB, 0x3000);
    page_table_model_clear(&model, GIB);
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
    page_table_model_clear(&kernel, last);
    page_table_model_next(&kernel, KERNEL_BASE, ~0ull);
}

/* Tries with 0, 1, 2 … tables to be had; returns how many it needs. */
static int64_t set_with_few_tables(struct page_table_model *in, vaddr_t address)
{
    for (int64_t tables = 0;; tables++) {
        uint64_t live = test_tables_live;
        test_tables_left = tables;
        test_tables_failure = tables % 2 == 0 ? j6_err_no_memory : j6_err_quota;
        j6_status_t status = page_table_model_set(in, address, 0x7000, RW);
        test_tables_left = -1;
        page_table_model_check(in);
        if (status == j6_status_ok) {
            return tables;
        }
        assert_int_equal(test_tables_live, live);
    }
}

static void page_table_set_without_memory_changes_nothing(void **state)
{
    (void)state;
    begin();
    assert_int_equal(set_with_few_tables(&model, GIB), 3);
    assert_int_equal(set_with_few_tables(&model, GIB), 0);
    assert_int_equal(set_with_few_tables(&model, GIB + PAGE_SIZE), 0);
    assert_int_equal(set_with_few_tables(&model, GIB + (2ull << 20)), 1);
    assert_int_equal(set_with_few_tables(&model, 2 * GIB), 2);
    assert_int_equal(set_with_few_tables(&model, 512 * GIB), 3);
    assert_int_equal(set_with_few_tables(&kernel, STACKS_BASE), 2);
    assert_int_equal(set_with_few_tables(&kernel, STACKS_BASE + (2ull << 20)), 1);
    assert_int_equal(set_with_few_tables(&kernel, STACKS_BASE + 511 * GIB), 2);
    end();
    while (kernel.count > 0) {
        page_table_model_clear(&kernel, kernel.entries[0].address);
    }
    test_tables_left = 0;
    struct page_table none;
    assert_int_equal(page_table_init(&none), test_tables_failure);
    test_tables_left = -1;
}

static uint64_t root_entry(const struct page_table *of, vaddr_t address)
{
    const uint64_t *root = phys_to_virt(of->root);
    return root[address >> 39 & 511];
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
    page_table_model_clear(&kernel, STACKS_BASE + 5 * GIB);
    assert_false(page_table_find(&table, STACKS_BASE + 5 * GIB, &page, &flags));
    end();
}

/* All spaces have copies of it, which must never go stale; nor may a count run over. */
static void page_table_root_of_the_kernel_never_changes(void **state)
{
    (void)state;
    uint64_t before = root_entry(&kernel_page_table, STACKS_BASE);
    for (unsigned i = 0; i < 3000; i++) {
        assert_int_equal(page_table_model_set(&kernel, STACKS_BASE + i % 5 * GIB, 0x1000, 0),
                         j6_status_ok);
        assert_int_equal(root_entry(&kernel_page_table, STACKS_BASE), before);
        page_table_model_clear(&kernel, STACKS_BASE + i % 5 * GIB);
        assert_int_equal(root_entry(&kernel_page_table, STACKS_BASE), before);
    }
    page_table_model_check(&kernel);
}

static void page_table_finds_places_in_large_pages(void **state)
{
    (void)state;
    const uint64_t bits = page_bits(PAGE_WRITE | PAGE_GLOBAL) | ENTRY_LARGE;
    paddr_t page;
    uint32_t flags;
    begin();
    assert_int_equal(page_table_set_at(&table, 8 * GIB, 3 * GIB | bits, 2), j6_status_ok);
    assert_int_equal(page_table_set_at(&table, 10 * GIB, (6ull << 20) | bits, 1), j6_status_ok);
    assert_true(page_table_find(&table, 8 * GIB + 0x12345678, &page, &flags));
    assert_int_equal(page, 3 * GIB + 0x12345000);
    assert_int_equal(flags, PAGE_WRITE | PAGE_GLOBAL);
    assert_true(page_table_find(&table, 10 * GIB + 0x1fffff, &page, &flags));
    assert_int_equal(page, (6ull << 20) + 0x1ff000);
    assert_false(page_table_find(&table, 10 * GIB + 0x200000, &page, &flags));
    struct page_batch batch = {0};
    expect_assert_failure(page_table_clear(&table, 8 * GIB, &batch));
    expect_assert_failure((void)!page_table_set(&table, 8 * GIB, 0x1000, bits));
}

static void page_table_destroy_of_a_table_in_use_is_caught(void **state)
{
    (void)state;
    page_table_model_init(&other_model, &other_table);
    assert_int_equal(page_table_model_set(&other_model, GIB, 0x1000, RW), j6_status_ok);
    expect_assert_failure(page_table_destroy(&other_table));
    page_table_model_destroy(&other_model);
}

static void page_batch_is_full_before_it_runs_over(void **state)
{
    (void)state;
    begin();
    for (unsigned i = 0; i < 40; i++) {
        set(i * 512 * GIB + USER_START, 0x1000);
    }
    struct page_batch batch = {0};
    unsigned cleared = 0;
    while (!page_batch_is_full(&batch)) {
        assert_true(page_table_clear(&table, cleared * 512 * GIB + USER_START, &batch));
        cleared++;
    }
    assert_int_equal(batch.table_count, 3 * cleared);
    assert_in_range(batch.table_count, PAGE_BATCH_MAX - 2, PAGE_BATCH_MAX);
    batch.table_count = 0;
    assert_false(page_batch_is_full(&batch));
    batch.frame_count = PAGE_BATCH_MAX;
    assert_true(page_batch_is_full(&batch));
}

/* Addresses that meet often: dense, or with few and extreme indexes at each level. */
static vaddr_t random_address(bool dense, bool in_kernel)
{
    static const uint64_t indexes[] = {0, 1, 255, 511};
    vaddr_t address = 0;
    for (unsigned level = 0; level < 3; level++) {
        uint64_t index =
            level == 0 || !dense ? indexes[test_random_below(4)] : test_random_below(2);
        index = level == 0 && dense ? test_random_below(512) : index;
        address |= index << (PAGE_SHIFT + 9 * level);
    }
    static const vaddr_t slots[] = {HEAP_BASE, STACKS_BASE, ~0ull << 39};
    return address + (in_kernel ? slots[test_random_below(3)] : test_random_below(256) % 3 << 39);
}

static void random_operation(struct page_table_model *in, bool dense)
{
    bool in_kernel = in == &kernel;
    vaddr_t address = random_address(dense, in_kernel);
    switch (test_random_below(8)) {
    case 0:
    case 1:
    case 2:
        test_tables_left = test_random_below(8) == 0 ? (int64_t)test_random_below(3) : -1;
        (void)page_table_model_set(in, address, (1 + test_random_below(1ull << 36)) << PAGE_SHIFT,
                                   (uint32_t)test_random_below(128));
        test_tables_left = -1;
        break;
    case 3:
    case 4:
        if (in->count > 0) {
            page_table_model_clear(in, in->entries[test_random_below(in->count)].address);
        }
        break;
    case 5: page_table_model_clear(in, address); break;
    case 6: page_table_model_find(in, address + test_random_below(PAGE_SIZE)); break;
    case 7: page_table_model_next(in, address, random_address(dense, in_kernel)); break;
    }
}

static void page_tables_do_what_a_sorted_array_does(void **state)
{
    (void)state;
    struct page_table_model *models[] = {&model, &other_model, &kernel};
    for (int round = 0; round < 4; round++) {
        begin();
        page_table_model_init(&other_model, &other_table);
        for (int i = 0; i < 20000; i++) {
            struct page_table_model *in = models[test_random_below(3)];
            random_operation(in, round % 2);
            if (i % 200 == 0) {
                page_table_model_check(in);
            }
        }
        page_table_model_destroy(&other_model);
        page_table_model_destroy(&kernel);
        end();
    }
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
        cmocka_unit_test(page_tables_do_what_a_sorted_array_does),
        cmocka_unit_test(page_table_finds_places_in_large_pages), /* leaves its tables */
        cmocka_unit_test(page_batch_is_full_before_it_runs_over),
    };
    test_random_begin();
    page_table_model_init_kernel(&kernel);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

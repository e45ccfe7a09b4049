/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/page_table.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_load.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_set.c arch/x86_64/page_walk.c tests/host/page_table_model.c tests/host/shim_machine.c */
/* Page tables against their model, in memory that can be touched only while it is a table. */
#include "arch/x86_64/page_entry.h"
#include "tests/host/page_table_model.h"
#include <test.h>
#include <test_assert.h>
#include <test_machine.h>
#include <test_random.h>

#define MIB (1ull << 20)
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

static void set_large(vaddr_t address, paddr_t page)
{
    assert_int_equal(page_table_model_set_large(&model, address, page, RW), j6_status_ok);
}

static bool clear(struct page_table_model *in, vaddr_t address)
{
    return page_table_model_clear_all(in, address, address + PAGE_SIZE);
}

/* The entry of a level for an address, as it stands in the table. */
static uint64_t raw_entry(const struct page_table *of, vaddr_t address, unsigned level)
{
    struct page_path path;
    page_path_find(of, address, level, &path);
    assert_int_equal(path.level, level);
    return *path.at[level];
}

static bool raw_is_writable(vaddr_t address, unsigned level)
{
    return raw_entry(&table, address, level) & ENTRY_WRITE;
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

typedef j6_status_t (*model_set_t)(struct page_table_model *model, vaddr_t address, paddr_t page,
                                   uint32_t flags);

/* Tries with 0, 1, 2 … tables to be had; returns how many it needs. */
static int64_t tables_needed(model_set_t model_set, struct page_table_model *in, vaddr_t address)
{
    for (int64_t tables = 0;; tables++) {
        uint64_t live = test_tables_live;
        test_tables_left = tables;
        test_tables_failure = tables % 2 == 0 ? j6_err_no_memory : j6_err_quota;
        j6_status_t status = model_set(in, address, LARGE_PAGE_SIZE, RW);
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
        assert_int_equal(table.cpus >> i, ((1 << TEST_CPUS) - 1) >> i & ~1);
    }
    test_cpu_switch(0);
    page_table_aim(&kernel_page_table, &batch);
    assert_int_equal(batch.cpus, ~0ull);
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

/* An end above an address: some pages, some large pages or anything. */
static vaddr_t random_end(vaddr_t from, bool dense, bool in_kernel)
{
    switch (test_random_below(3)) {
    case 0: return from + test_random_below(20) * PAGE_SIZE;
    case 1: return (from & ~(LARGE_PAGE_SIZE - 1)) + test_random_below(4) * LARGE_PAGE_SIZE;
    default: return random_address(dense, in_kernel);
    }
}

static void random_set(struct page_table_model *in, vaddr_t address)
{
    const uint64_t frames = 1ull << 36;
    uint32_t flags = (uint32_t)test_random_below(128);
    bool is_protected = test_random_below(3) == 0;
    test_tables_left = test_random_below(8) == 0 ? (int64_t)test_random_below(3) : -1;
    if (test_random_below(4) == 0) {
        paddr_t page = test_random_below(frames >> 9) * LARGE_PAGE_SIZE;
        address &= ~(LARGE_PAGE_SIZE - 1);
        (void)page_table_model_set_large(in, address, page, flags);
    } else if (test_random_below(4) == 0 && in->count > 0) {
        const struct page_table_model_entry *entry = &in->entries[test_random_below(in->count)];
        (void)page_table_model_set(in, entry->address, entry->page,
                                   is_protected ? entry->flags ^ PAGE_WRITE : entry->flags);
    } else {
        paddr_t page = test_random_below(frames) << PAGE_SHIFT;
        (void)page_table_model_set(in, address, page, flags);
    }
    test_tables_left = -1;
}

static void random_clear(struct page_table_model *in, vaddr_t address, vaddr_t end_of_range)
{
    test_tables_left = test_random_below(4) == 0 ? (int64_t)test_random_below(2) : -1;
    if (test_random_below(2) == 0 && in->count > 0) {
        clear(in, in->entries[test_random_below(in->count)].address);
    } else {
        page_table_model_clear(in, &address, end_of_range, (unsigned)test_random_below(100));
    }
    test_tables_left = -1;
}

static void random_operation(struct page_table_model *in, bool dense)
{
    bool in_kernel = in == &kernel;
    vaddr_t address = random_address(dense, in_kernel);
    vaddr_t end_of_range = random_end(address, dense, in_kernel);
    if (in->count > PAGE_TABLE_MODEL_MAX / 4) {
        page_table_model_clear_all(in, in->low, in_kernel ? ~0ull : USER_END);
    }
    switch (test_random_below(8)) {
    case 0:
    case 1:
    case 2: random_set(in, address); break;
    case 3:
    case 4: random_clear(in, address, end_of_range); break;
    case 5:
        if (!in_kernel) {
            page_table_model_protect(in, address, end_of_range);
        }
        break;
    case 6: page_table_model_find(in, address + test_random_below(PAGE_SIZE)); break;
    case 7: page_table_model_next(in, address, end_of_range); break;
    }
}

static void page_tables_do_what_a_sorted_array_does(void **state)
{
    (void)state;
    struct page_table_model *models[] = {&model, &other_model, &kernel};
    for (int round = 0; round < 4; round++) {
        begin();
        page_table_model_init(&other_model, &other_table);
        for (int i = 0; i < 10000; i++) {
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
        cmocka_unit_test(page_table_set_large_without_memory_changes_nothing),
        cmocka_unit_test(page_table_keeps_the_caching_of_large_pages),
        cmocka_unit_test(page_table_set_splits_a_large_page),
        cmocka_unit_test(page_table_set_large_takes_the_place_of_small_pages),
        cmocka_unit_test(page_table_clear_splits_large_pages_at_the_ends),
        cmocka_unit_test(page_table_clear_without_memory_takes_large_pages_out_whole),
        cmocka_unit_test(page_table_clear_stops_after_so_many_pages),
        cmocka_unit_test(page_table_clear_forgets_tables_after_they_are_gone),
        cmocka_unit_test(page_table_clear_looks_no_further_in_an_empty_table),
        cmocka_unit_test(page_table_set_below_protection_is_seen_at_once),
        cmocka_unit_test(page_table_protect_costs_its_topmost_entries),
        cmocka_unit_test(page_table_protect_takes_large_pages_whole),
        cmocka_unit_test(page_table_set_moves_protection_down_a_level_at_a_time),
        cmocka_unit_test(page_table_set_of_a_read_only_page_leaves_protection_alone),
        cmocka_unit_test(page_table_protection_survives_counting),
        cmocka_unit_test(page_table_set_tells_other_cpus_only_of_what_they_may_do_wrong),
        cmocka_unit_test(page_batch_speaks_of_all_pages_when_there_are_many),
        cmocka_unit_test(page_batch_has_room_for_any_number_of_tables),
        cmocka_unit_test(page_table_load_says_which_cpus_have_it),
        cmocka_unit_test(page_table_destroy_of_a_loaded_table_is_caught),
        cmocka_unit_test(page_tables_do_what_a_sorted_array_does),
        cmocka_unit_test(page_table_finds_places_in_large_pages), /* leaves its tables */
    };
    test_random_begin();
    page_table_model_init_kernel(&kernel);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

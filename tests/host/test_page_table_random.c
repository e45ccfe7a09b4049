/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/page_table.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_load.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_set.c arch/x86_64/page_walk.c tests/host/page_table_steps.c tests/host/page_table_model.c tests/host/shim_machine.c */
/* Random operations on several page tables and their models. */
#include "tests/host/page_table_steps.h"
#include <test_assert.h>
#include <test_random.h>

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
        cmocka_unit_test(page_tables_do_what_a_sorted_array_does),
    };
    test_random_begin();
    page_table_model_init_kernel(&kernel);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

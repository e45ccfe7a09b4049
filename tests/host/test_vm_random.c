/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/vm_model.c tests/host/vm_model_map.c tests/host/vm_model_check.c tests/host/shim_user.c tests/host/shim_failures.c tests/host/shim_frames.c tests/host/shim_machine.c mm/vm_space.c mm/vm_map.c mm/vm_unmap.c mm/vm_protect.c mm/vm_area.c mm/vm_pages.c mm/vm_block.c mm/vm_range.c mm/vm_cut.c mm/vm_resize.c mm/vm_clone.c mm/vm_copy.c mm/vm_mapping.c mm/vm_views.c mm/page_batch.c mm/page_tree.c mm/page_tree_count.c mm/page_tree_share.c mm/page_tree_take.c mm/page_tree_nodes.c mm/table_pool.c mm/memory.c arch/x86_64/page_table.c arch/x86_64/page_table_set.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_load.c arch/x86_64/page_walk.c kernel/base/kobject.c kernel/base/grace.c kernel/base/spinlock.c lib/avl.c lib/string.c */
/* Spaces and areas at random against the model; with memory, and with a failure at each step. */
#include "tests/host/vm_model.h"
#include <test.h>
#include <test_assert.h>
#include <test_random.h>

#define RW    (j6_map_read | j6_map_write)
#define EXACT j6_map_exact
#define PAGE  PAGE_SIZE

/* A place that nothing chooses by itself. */
#define PLACE 0x123400000000ull

static uint64_t random_pages(uint64_t limit)
{
    return test_random_below(3) == 0 ? test_random_below(limit) : test_random_below(limit / 8 + 1);
}

/* Close together, so that mappings meet; now and then elsewhere, or nonsense. */
static vaddr_t random_place(void)
{
    switch (test_random_below(16)) {
    case 0: return 0;
    case 1: return USER_END - test_random_below(40) * PAGE;
    case 2: return USER_START + test_random_below(40) * PAGE;
    case 3: return PLACE + test_random_below(1000);
    default: return PLACE + test_random_below(300) * PAGE;
    }
}

static void random_map(unsigned space, unsigned area)
{
    static const uint64_t accesses[] = {RW, RW, j6_map_read, j6_map_read | j6_map_exec, 0};
    uint64_t flags = accesses[test_random_below(5)];
    flags |= test_random_below(2) ? EXACT : 0;
    vaddr_t address = random_place();
    uint64_t offset = random_pages(VM_MODEL_PAGES) * PAGE;
    uint64_t len = (1 + random_pages(VM_MODEL_PAGES)) * PAGE;
    if (test_random_below(2) == 0) {
        offset = 0;
        len = 0; /* all of it */
    }
    (void)!vm_model_map(space, area, &address, offset, len, flags);
}

static void random_unmap(void)
{
    unsigned space, area;
    vaddr_t start;
    uint64_t len;
    if (!vm_model_some_mapping(test_random(), &space, &area, &start, &len)) {
        return;
    }
    if (test_random_below(3) == 0) {
        len = 0; /* all of it */
    } else {
        start += test_random_below(len / PAGE + 1) * PAGE;
        len = test_random_below(len / PAGE + 2) * PAGE;
    }
    (void)!vm_model_unmap(space, area, start, len);
}

static void random_access(void)
{
    unsigned space, area;
    vaddr_t start;
    uint64_t len;
    if (!vm_model_some_mapping(test_random(), &space, &area, &start, &len)) {
        return;
    }
    vaddr_t address = start + test_random_below(len + PAGE);
    if (test_random_below(2) == 0) {
        (void)!vm_model_read(space, address);
    } else {
        (void)!vm_model_write(space, address, test_random());
    }
}

static void random_operation(void)
{
    unsigned space = (unsigned)test_random_below(VM_MODEL_SPACES);
    unsigned area = (unsigned)test_random_below(VM_MODEL_AREAS);
    uint64_t pages = 1 + random_pages(VM_MODEL_PAGES - 1);
    uint64_t action = test_random_below(200);
    if (action < 14) {
        vm_model_create(area, pages, test_random_below(4) ? j6_vma_flag_resizable : 0);
    } else if (action < 16) {
        vm_model_create_fixed(area, pages);
    } else if (action < 18) {
        vm_model_drop(area);
    } else if (action < 19) {
        vm_model_renew_space(space);
    } else if (action < 35) {
        (void)!vm_model_resize(area, pages * PAGE - test_random_below(PAGE));
    } else if (action < 45) {
        (void)!vm_model_write_area(area, pages * PAGE, pages);
    } else if (action < 85) {
        random_map(space, area);
    } else if (action < 110) {
        random_unmap();
    } else {
        random_access();
    }
}

static void random_operations(int count, bool with_failures)
{
    vm_model_begin();
    vm_model_fail_every_step(with_failures);
    for (int i = 0; i < count; i++) {
        random_operation();
        if (i % 8 == 0) {
            vm_model_check();
        }
    }
    vm_model_fail_every_step(false);
    vm_model_end();
}

static void spaces_do_what_a_list_of_mappings_does(void **state)
{
    (void)state;
    for (int round = 0; round < 6; round++) {
        random_operations(20000, false);
    }
}

static void spaces_survive_a_failure_at_every_step(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        random_operations(5000, true);
    }
    assert_true(vm_model_failures > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spaces_do_what_a_list_of_mappings_does),
        cmocka_unit_test(spaces_survive_a_failure_at_every_step),
    };
    test_random_begin();
    vm_model_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

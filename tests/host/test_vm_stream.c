/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/vm_stream_host.c tests/host/shim_user.c tests/host/shim_failures.c tests/host/shim_frames.c tests/host/shim_machine.c kernel/test/vm_stream.c kernel/test/vm_stream_areas.c kernel/test/vm_stream_ranges.c kernel/test/vm_stream_maps.c kernel/test/vm_stream_spaces.c kernel/test/vm_stream_copy.c kernel/test/vm_stream_touch.c kernel/test/vm_stream_frames.c kernel/test/vm_stream_check.c kernel/test/page_audit.c kernel/test/tree_audit.c mm/vm_space.c mm/vm_map.c mm/vm_unmap.c mm/vm_protect.c mm/vm_area.c mm/vm_pages.c mm/vm_block.c mm/vm_range.c mm/vm_cut.c mm/vm_resize.c mm/vm_clone.c mm/vm_copy.c mm/vm_mapping.c mm/vm_views.c mm/page_batch.c mm/page_tree.c mm/page_tree_count.c mm/page_tree_share.c mm/page_tree_take.c mm/page_tree_nodes.c mm/table_pool.c mm/memory.c arch/x86_64/page_table.c arch/x86_64/page_table_set.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_load.c arch/x86_64/page_walk.c kernel/base/kobject.c kernel/base/grace.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/avl.c lib/string.c */
/* Spaces and areas at random against the model; with memory, and with a failure at each step. */
#include "tests/host/vm_stream_host.h"
#include <stdio.h>
#include <test.h>
#include <test_random.h>

enum { STREAMS = 12, OPERATIONS = 6000, FAILING_STREAMS = 6, FAILING_OPERATIONS = 1200 };

static uint64_t run_streams(unsigned count, uint64_t operations, bool with_failures)
{
    uint64_t failures = 0;
    for (unsigned i = 0; i < count; i++) {
        struct vm_stream_source source = {.seed = test_random()};
        printf("# seed %lu, %lu operations\n", source.seed, operations);
        failures += vm_stream_host_run(&source, operations, with_failures);
    }
    return failures;
}

static void memory_is_what_the_model_says_after_every_operation(void **state)
{
    (void)state;
    run_streams(STREAMS, OPERATIONS, false);
}

static void memory_survives_a_failure_at_every_step_of_every_operation(void **state)
{
    (void)state;
    assert_true(run_streams(FAILING_STREAMS, FAILING_OPERATIONS, true) > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_what_the_model_says_after_every_operation),
        cmocka_unit_test(memory_survives_a_failure_at_every_step_of_every_operation),
    };
    test_random_begin();
    vm_stream_host_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

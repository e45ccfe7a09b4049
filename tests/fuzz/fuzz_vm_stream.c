/* SPDX-License-Identifier: MIT */
/* SOURCES: tests/host/vm_stream_host.c tests/host/shim_user.c tests/host/shim_failures.c tests/host/shim_frames.c tests/host/shim_machine.c kernel/test/vm_stream.c kernel/test/vm_stream_areas.c kernel/test/vm_stream_ranges.c kernel/test/vm_stream_maps.c kernel/test/vm_stream_spaces.c kernel/test/vm_stream_copy.c kernel/test/vm_stream_touch.c kernel/test/vm_stream_frames.c kernel/test/vm_stream_check.c kernel/test/page_audit.c kernel/test/tree_audit.c mm/vm_space.c mm/vm_map.c mm/vm_unmap.c mm/vm_protect.c mm/vm_area.c mm/vm_pages.c mm/vm_block.c mm/vm_range.c mm/vm_cut.c mm/vm_resize.c mm/vm_clone.c mm/vm_copy.c mm/vm_mapping.c mm/vm_views.c mm/page_batch.c mm/page_tree.c mm/page_tree_count.c mm/page_tree_share.c mm/page_tree_take.c mm/page_tree_nodes.c mm/table_pool.c mm/memory.c arch/x86_64/page_table.c arch/x86_64/page_table_set.c arch/x86_64/page_table_clear.c arch/x86_64/page_table_protect.c arch/x86_64/page_table_load.c arch/x86_64/page_walk.c kernel/base/kobject.c kernel/base/grace.c kernel/base/spinlock.c kernel/base/debug/lock_check.c lib/avl.c lib/string.c */
/* Operations on spaces and areas, decoded from the input; an odd first byte: each allocation fails. */
#include "tests/host/vm_stream_host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    if (!started) {
        vm_stream_host_start();
        started = true;
    }
    if (size > 0) {
        struct vm_stream_source source = {.bytes = data + 1, .len = size - 1};
        vm_stream_host_run(&source, UINT64_MAX, data[0] & 1);
    }
    return 0;
}

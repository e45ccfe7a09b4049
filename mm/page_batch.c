/* SPDX-License-Identifier: MIT */
/* First every TLB forgets what was mapped, then it may be used for something else. */
#include "mm/page_batch.h"
#include "arch/tlb.h"
#include "mm/frame.h"

void page_batch_finish(struct page_batch *batch)
{
    if (page_batch_is_remote(batch)) {
        tlb_shootdown(batch->cpus, batch->pages, batch->page_count);
    }
    page_batch_free_tables(batch);
    for (uint32_t i = 0; i < batch->frame_count; i++) {
        frame_put(batch->frames[i]);
    }
    page_batch_init(batch);
}

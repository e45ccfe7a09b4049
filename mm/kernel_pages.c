/* SPDX-License-Identifier: MIT */
/* Pages of the kernel's own areas as described in kernel_pages.h. */
#include "mm/kernel_pages.h"
#include "arch/layout.h"
#include "arch/page_table.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/page_batch.h"
#include "mm/vm_space.h"

static j6_status_t page_map(vaddr_t address)
{
    paddr_t page = frame_alloc();
    if (page == 0) {
        return j6_err_no_memory;
    }
    /* Emulators slow writes down to pages with code that they translated: let them forget it. */
    memset(phys_to_virt(page), 0, PAGE_SIZE);
    spinlock_lock(&kernel_space.table_lock);
    page_bits_t bits = page_bits(PAGE_WRITE | PAGE_GLOBAL | page_memory_caching);
    j6_status_t status = page_table_set(&kernel_page_table, address, page, bits, NULL);
    spinlock_unlock(&kernel_space.table_lock);
    if (status != j6_status_ok) {
        frame_put(page);
    }
    return status;
}

j6_status_t kernel_pages_map(vaddr_t start, uint64_t count)
{
    j6_status_t status = j6_status_ok;
    for (uint64_t i = 0; i < count && status == j6_status_ok; i++) {
        status = page_map(start + i * PAGE_SIZE);
    }
    return status;
}

/* At most as many pages as the batch has room for; returns where it goes on. */
static vaddr_t unmap_some(vaddr_t start, vaddr_t end)
{
    struct page_batch batch;
    page_batch_init(&batch);
    vaddr_t at = start;
    spinlock_lock(&kernel_space.table_lock);
    for (; at < end && !page_batch_is_full(&batch); at += PAGE_SIZE) {
        paddr_t page;
        uint32_t flags;
        if (page_table_find(&kernel_page_table, at, &page, &flags)) {
            page_batch_add_frame(&batch, page);
        }
    }
    page_table_clear(&kernel_page_table, &start, at, PAGE_BATCH_FRAMES, &batch);
    page_table_aim(&kernel_page_table, &batch);
    spinlock_unlock(&kernel_space.table_lock);
    page_batch_finish(&batch);
    return at;
}

void kernel_pages_unmap(vaddr_t start, uint64_t count)
{
    vaddr_t end = start + count * PAGE_SIZE;
    while (start < end) {
        start = unmap_some(start, end);
    }
}

/* SPDX-License-Identifier: MIT */
/* What the kernel's page tables say about every page. */
#include "arch/page_table.h"
#include "kernel/test/tests.h"
#include "mm/vm_map.h"

extern const char kernel_image_start[], kernel_text_start[], kernel_text_end[];

struct audit {
    bool (*fits)(const struct page_visit *page);
    bool all_fit;
    uint64_t pages;
};

static void visit(void *context, const struct page_visit *page)
{
    struct audit *audit = context;
    audit->all_fit &= audit->fits(page);
    audit->pages++;
}

/* Does every mapped page fit? An audit that saw nothing proves nothing. */
static bool audit_all(bool (*fits)(const struct page_visit *page))
{
    struct audit audit = {.fits = fits, .all_fit = true};
    page_table_walk(&kernel_page_table, visit, &audit);
    return audit.all_fit && audit.pages > 0;
}

static bool not_both(const struct page_visit *page)
{
    return !(page->flags & PAGE_WRITE) || !(page->flags & PAGE_EXEC);
}

bool self_test_nothing_is_writable_and_executable(void)
{
    return audit_all(not_both);
}

static bool is_kernels(const struct page_visit *page)
{
    return page->address >= OFFSET_MAP && !(page->flags & PAGE_USER);
}

bool self_test_no_kernel_page_belongs_to_users(void)
{
    return audit_all(is_kernels);
}

static bool in_offset_map(vaddr_t address)
{
    return address >= OFFSET_MAP && address < OFFSET_MAP + OFFSET_MAP_SIZE;
}

/* The offset map knows each page of memory, so comparing with it compares all with each other. */
static bool caching_agrees(const struct page_visit *page)
{
    paddr_t there;
    uint32_t flags;
    if (in_offset_map(page->address) ||
        !page_table_find(&kernel_page_table, page->page + OFFSET_MAP, &there, &flags)) {
        return true;
    }
    return (flags & PAGE_CACHE_MASK) == (page->flags & PAGE_CACHE_MASK);
}

bool self_test_no_page_has_two_caching_types(void)
{
    return audit_all(caching_agrees);
}

bool self_test_kernel_text_is_read_only_and_executable(void)
{
    for (vaddr_t at = (vaddr_t)kernel_text_start; at < (vaddr_t)kernel_text_end; at += PAGE_SIZE) {
        paddr_t page;
        uint32_t flags;
        if (!page_table_find(&kernel_page_table, at, &page, &flags) || !(flags & PAGE_EXEC) ||
            (flags & PAGE_WRITE) || page != at - KERNEL_BASE) {
            return false;
        }
    }
    return true;
}

/* In a table of its own, which is never loaded. */
bool self_test_caching_types_read_back_from_page_tables(void)
{
    static const uint32_t types[] = {PAGE_WRITE_BACK, PAGE_WRITE_THROUGH, PAGE_UNCACHED,
                                     PAGE_WRITE_COMBINE};
    static struct page_table table;
    if (page_table_init(&table) != j6_status_ok) {
        return false;
    }
    bool right = true;
    struct page_batch batch = {0};
    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        vaddr_t address = USER_START + i * PAGE_SIZE;
        paddr_t page;
        uint32_t flags = 0;
        right &= page_table_set(&table, address, PAGE_SIZE, page_bits(types[i] | PAGE_WRITE)) ==
                     j6_status_ok &&
                 page_table_find(&table, address, &page, &flags) && page == PAGE_SIZE &&
                 flags == (types[i] | PAGE_WRITE);
        page_table_clear(&table, address, &batch);
    }
    page_batch_finish(&batch);
    page_table_destroy(&table);
    return right;
}

/* The pages of the offset map above the first, which is memory on every PC. */
bool self_test_memory_is_cached_as_the_command_line_says(void)
{
    paddr_t page;
    uint32_t flags;
    return page_table_find(&kernel_page_table, OFFSET_MAP + (1ull << 20), &page, &flags) &&
           (flags & PAGE_CACHE_MASK) == page_memory_caching && (flags & PAGE_WRITE);
}

/* The frame allocator has it: a mapping would be a second way to somebody else's memory. */
bool self_test_boot_memory_is_not_mapped_any_more(void)
{
    paddr_t page;
    uint32_t flags;
    return !page_table_find(&kernel_page_table, (vaddr_t)kernel_image_start, &page, &flags);
}

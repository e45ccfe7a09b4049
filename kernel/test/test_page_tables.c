/* SPDX-License-Identifier: MIT */
/* What the kernel's page tables say about every page. */
#include "arch/page_table.h"
#include "kernel/test/tests.h"
#include "mm/page_batch.h"
#include "mm/vm_space.h"

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

/* For tables that are never loaded, and that nobody pays for. */
static struct vm_space test_spaces[2];

static bool reads_back(struct page_table *table, vaddr_t address, paddr_t page, uint32_t flags)
{
    paddr_t found = 0;
    uint32_t found_flags = 0;
    return page_table_find(table, address, &found, &found_flags) && found == page &&
           found_flags == flags;
}

/* Unmaps the first GiB. Is nothing left of the table but its root? */
static bool clears_to_the_root(struct page_table *table)
{
    struct page_batch batch;
    page_batch_init(&batch);
    vaddr_t from = 0;
    while (page_table_clear(table, &from, 1ull << 30, 64, &batch)) {}
    page_batch_finish(&batch);
    return table->tables == 1;
}

bool self_test_caching_types_read_back_from_page_tables(void)
{
    static const uint32_t types[] = {PAGE_WRITE_BACK, PAGE_WRITE_THROUGH, PAGE_UNCACHED,
                                     PAGE_WRITE_COMBINE};
    struct page_table *table = &test_spaces[0].table;
    if (page_table_init(table) != j6_status_ok) {
        return false;
    }
    bool right = true;
    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        uint32_t flags = types[i] | PAGE_WRITE;
        vaddr_t small = USER_START + i * PAGE_SIZE;
        vaddr_t large = (i + 1) * LARGE_PAGE_SIZE;
        right &=
            page_table_set(table, small, PAGE_SIZE, page_bits(flags), NULL) == j6_status_ok &&
            page_table_set_large(table, large, large, page_bits(flags), NULL) == j6_status_ok &&
            reads_back(table, small, PAGE_SIZE, flags) &&
            reads_back(table, large + PAGE_SIZE, large + PAGE_SIZE, flags);
    }
    right &= clears_to_the_root(table);
    page_table_destroy(table);
    return right;
}

/* Pages of both sizes, one of the large ones split, in two tables at once. */
bool self_test_cleared_page_tables_leave_nothing_behind(void)
{
    page_bits_t bits = page_bits(PAGE_WRITE | PAGE_USER);
    unsigned made = 0;
    bool right = true;
    for (; made < 2 && page_table_init(&test_spaces[made].table) == j6_status_ok; made++) {
        struct page_table *table = &test_spaces[made].table;
        vaddr_t large = (2 + made) * LARGE_PAGE_SIZE;
        struct page_batch batch;
        page_batch_init(&batch);
        right &= page_table_set(table, USER_START, PAGE_SIZE, bits, NULL) == j6_status_ok &&
                 page_table_set_large(table, large, large, bits, NULL) == j6_status_ok &&
                 page_table_set(table, large, PAGE_SIZE, bits, &batch) == j6_status_ok &&
                 table->tables == 5 && reads_back(table, large, PAGE_SIZE, PAGE_WRITE | PAGE_USER);
    }
    while (made > 0) {
        made--;
        right &= clears_to_the_root(&test_spaces[made].table);
        page_table_destroy(&test_spaces[made].table);
    }
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

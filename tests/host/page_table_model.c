/* SPDX-License-Identifier: MIT */
#include "tests/host/page_table_model.h"

#include "arch/upcall.h"
#include "arch/x86_64/page_entry.h"
#include "kernel/base/assert.h"
#include <string.h>
#include <test_machine.h>

#define POOL_START (12ull << 30)

enum { POOL_PAGES = 4096, ENTRIES = 512, LEVELS = 4, USED_SHIFT = 52 };

uint64_t test_tables_live;
int64_t test_tables_left = -1;
j6_status_t test_tables_failure = j6_err_no_memory;

static struct page_table *owners[POOL_PAGES]; /* NULL: free */

/* Goes round, so that a page is used again late. */
static uint64_t pool_next(void)
{
    static uint64_t next;
    for (unsigned i = 0; i < POOL_PAGES; i++) {
        next = (next + 1) % POOL_PAGES;
        if (owners[next] == NULL) {
            return next;
        }
    }
    assert(false);
    return 0;
}

j6_status_t upcall_table_alloc(struct page_table *table, paddr_t *out_page)
{
    if (test_tables_left == 0) {
        return test_tables_failure;
    }
    test_tables_left--;
    uint64_t number = pool_next();
    paddr_t page = POOL_START + number * PAGE_SIZE;
    test_memory_add(page, page + PAGE_SIZE);
    memset(phys_to_virt(page), 0, PAGE_SIZE);
    owners[number] = table;
    test_tables_live++;
    *out_page = page;
    return j6_status_ok;
}

void upcall_table_free(struct page_table *table, paddr_t page)
{
    uint64_t number = (page - POOL_START) / PAGE_SIZE;
    assert(page % PAGE_SIZE == 0 && number < POOL_PAGES && owners[number] == table);
    const uint64_t *entries = phys_to_virt(page);
    for (unsigned i = 0; i < ENTRIES; i++) {
        assert(entries[i] == 0);
    }
    test_memory_remove(page, page + PAGE_SIZE);
    owners[number] = NULL;
    test_tables_live--;
}

void page_table_model_init(struct page_table_model *model, struct page_table *table)
{
    memset(model, 0, sizeof(*model));
    memset(table, 0xd5, sizeof(*table));
    model->table = table;
    model->permanent = 1;
    j6_status_t status = page_table_init(table);
    assert(status == j6_status_ok);
    page_table_model_check(model);
}

/* As paging_init does it, for the slots of the heap, the stacks and the kernel image. */
void page_table_model_init_kernel(struct page_table_model *model)
{
    static const vaddr_t slots[] = {HEAP_BASE, STACKS_BASE, KERNEL_BASE};
    memset(model, 0, sizeof(*model));
    model->table = &kernel_page_table;
    model->low = OFFSET_MAP;
    j6_status_t status = upcall_table_alloc(&kernel_page_table, &kernel_page_table.root);
    uint64_t *root = phys_to_virt(kernel_page_table.root);
    for (unsigned i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
        paddr_t page;
        status |= upcall_table_alloc(&kernel_page_table, &page);
        root[slots[i] >> 39 & 511] = page | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_ACCESSED;
    }
    assert(status == j6_status_ok);
    model->permanent = 4;
    kernel_page_table.tables = model->permanent;
    page_table_model_check(model);
}

/* The index of the first entry at or above the address. */
static size_t position(const struct page_table_model *model, vaddr_t address)
{
    size_t low = 0;
    size_t high = model->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (model->entries[middle].address < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static const struct page_table_model_entry *entry_at(const struct page_table_model *model,
                                                     vaddr_t address)
{
    size_t i = position(model, address);
    return i < model->count && model->entries[i].address == address ? &model->entries[i] : NULL;
}

j6_status_t page_table_model_set(struct page_table_model *model, vaddr_t address, paddr_t page,
                                 uint32_t flags)
{
    assert(model->count < PAGE_TABLE_MODEL_MAX);
    bool present = entry_at(model, address) != NULL;
    uint64_t dropped = test_invlpg_count;
    j6_status_t status = page_table_set(model->table, address, page, page_bits(flags));
    if (status != j6_status_ok) {
        assert(status == test_tables_failure && test_tables_left == 0 && !present);
        return status;
    }
    assert(!present || (test_invlpg_count > dropped && test_invlpg_last == address));
    size_t i = position(model, address);
    if (!present) {
        memmove(&model->entries[i + 1], &model->entries[i],
                (model->count - i) * sizeof(model->entries[0]));
        model->count++;
    }
    model->entries[i] = (struct page_table_model_entry){address, page, flags};
    return status;
}

static void batch_finish(struct page_batch *batch)
{
    for (uint32_t i = 0; i < batch->table_count; i++) {
        upcall_table_free(batch->tables[i].owner, batch->tables[i].page);
    }
    batch->table_count = 0;
}

bool page_table_model_clear(struct page_table_model *model, vaddr_t address)
{
    struct page_batch batch = {0};
    bool present = entry_at(model, address) != NULL;
    uint64_t dropped = test_invlpg_count;
    bool cleared = page_table_clear(model->table, address, &batch);
    assert(cleared == present && batch.frame_count == 0 && batch.table_count <= 3);
    assert(cleared || batch.table_count == 0);
    if (cleared) {
        assert(test_invlpg_count > dropped && test_invlpg_last == address);
        size_t i = position(model, address);
        model->count--;
        memmove(&model->entries[i], &model->entries[i + 1],
                (model->count - i) * sizeof(model->entries[0]));
    }
    batch_finish(&batch);
    return cleared;
}

void page_table_model_find(const struct page_table_model *model, vaddr_t address)
{
    paddr_t page = 1;
    uint32_t flags = 2;
    const struct page_table_model_entry *entry = entry_at(model, address & ~(PAGE_SIZE - 1));
    bool found = page_table_find(model->table, address, &page, &flags);
    assert(found == (entry != NULL));
    assert(page == (found ? entry->page : 1) && flags == (found ? entry->flags : 2));
}

void page_table_model_next(const struct page_table_model *model, vaddr_t from, vaddr_t end)
{
    vaddr_t found = 1;
    size_t i = position(model, from);
    bool expected = i < model->count && model->entries[i].address < end;
    assert(page_table_next(model->table, from, end, &found) == expected);
    assert(found == (expected ? model->entries[i].address : 1));
}

struct audit {
    const struct page_table_model *model;
    size_t at;
    uint64_t tables;
};

/* Checks a table whose entries each span so many bytes; tells how many entries it uses. */
static uint64_t check_table(struct audit *audit, paddr_t page, vaddr_t base, unsigned level)
{
    const struct page_table_model *model = audit->model;
    assert(owners[(page - POOL_START) / PAGE_SIZE] == model->table);
    const uint64_t *entries = phys_to_virt(page);
    uint64_t used = 0;
    audit->tables++;
    for (unsigned i = 0; i < ENTRIES; i++) {
        vaddr_t address = base + ((vaddr_t)i << (PAGE_SHIFT + 9 * level));
        if (level == LEVELS - 1 && i >= ENTRIES / 2) {
            address |= 0xffffull << 48;
        }
        bool other_half = level == LEVELS - 1 && (address >= OFFSET_MAP) != (model->low != 0);
        assert((entries[i] & ENTRY_PRESENT) || entries[i] == 0);
        if (entries[i] == 0 || other_half) {
            continue;
        }
        used++;
        if (level > 0) {
            uint64_t below = check_table(audit, entries[i] & ENTRY_ADDRESS, address, level - 1);
            bool shared = level == LEVELS - 1 && model->low != 0;
            assert(shared ? entries[i] >> USED_SHIFT == 0
                          : below > 0 && entries[i] >> USED_SHIFT == below);
            continue;
        }
        const struct page_table_model_entry *entry = &model->entries[audit->at++];
        assert(audit->at <= model->count && entry->address == address);
        assert(entries[i] == (entry->page | page_bits(entry->flags)));
    }
    return used;
}

static void check_visit(void *context, const struct page_visit *page)
{
    struct audit *audit = context;
    if ((page->address >= OFFSET_MAP) != (audit->model->low != 0)) {
        return;
    }
    const struct page_table_model_entry *entry = &audit->model->entries[audit->at++];
    assert(audit->at <= audit->model->count && page->size == PAGE_SIZE);
    assert(page->address == entry->address && page->page == entry->page);
    assert(page->flags == entry->flags);
}

void page_table_model_check(const struct page_table_model *model)
{
    struct audit audit = {.model = model};
    check_table(&audit, model->table->root, 0, LEVELS - 1);
    assert(audit.at == model->count && audit.tables == model->table->tables);
    assert(model->count > 0 || audit.tables == model->permanent);
    struct audit walk = {.model = model};
    page_table_walk(model->table, check_visit, &walk);
    assert(walk.at == model->count);
}

void page_table_model_destroy(struct page_table_model *model)
{
    while (model->count > 0) {
        page_table_model_clear(model, model->entries[model->count / 2].address);
    }
    page_table_model_check(model);
    if (model->table != &kernel_page_table) {
        page_table_destroy(model->table);
    }
}

/* SPDX-License-Identifier: MIT */
#include "tests/host/page_table_model.h"

#include "arch/upcall.h"
#include "arch/x86_64/page_entry.h"
#include "kernel/base/assert.h"
#include <string.h>
#include <test_machine.h>

#define POOL_START (12ull << 30)

enum { POOL_PAGES = 4096 };

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

j6_status_t(upcall_table_alloc)(struct page_table *table, paddr_t *out_page)
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
    page_table_share_kernel();
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

/* What one operation told TLBs to forget. */
static struct page_batch batch;

static void begin(const struct page_table_model *model)
{
    page_table_load(model->table);
    page_batch_init(&batch);
    test_invlpg_count = 0;
    test_cr3_writes = 0;
}

/* To a CPU that still walks it a table on its way back has no entries. */
static void check_tables_are_empty(void)
{
    const uint64_t *table = (const uint64_t *)batch.tables;
    while (table != NULL) {
        for (unsigned i = 0; i < ENTRIES; i++) {
            assert(i < 2 ? !(table[i] & ENTRY_PRESENT) : table[i] == 0);
        }
        table = (const uint64_t *)table[0]; /* NOLINT: the link lies in the first word */
    }
}

static void end(const struct page_table_model *model)
{
    assert(batch.cpus == 0 && batch.frame_count == 0);
    page_table_aim(model->table, &batch);
    assert(batch.cpus & 1);
    check_tables_are_empty();
    page_batch_free_tables(&batch);
    assert(batch.tables == NULL);
}

static bool is_among(const vaddr_t *pages, uint64_t count, vaddr_t first, uint64_t size)
{
    for (uint64_t i = 0; i < count; i++) {
        if (pages[i] - first < size) {
            return true;
        }
    }
    return false;
}

/* A large page is forgotten by any address in it. */
static void check_forgotten(const struct page_table_model_entry *entry, bool elsewhere)
{
    uint64_t size = entry->large ? LARGE_PAGE_SIZE : PAGE_SIZE;
    vaddr_t first = entry->address & ~(size - 1);
    assert(test_invlpg_count <= TEST_INVLPG_MAX);
    assert(test_cr3_writes > 0 || is_among(test_invlpg, test_invlpg_count, first, size));
    assert(!elsewhere || batch.page_count > PAGE_BATCH_PAGES ||
           is_among(batch.pages, batch.page_count, first, size));
}

/* An entry becomes another one. More rights: other CPUs find out by a fault. */
static void check_changed(const struct page_table_model_entry *old, paddr_t page, uint32_t flags)
{
    bool wider = old->page == page && (old->flags | PAGE_WRITE) == flags;
    if (old->page != page || old->flags != flags) {
        check_forgotten(old, !wider);
    }
}

/* The first of so many entries that are new, in place of `old` ones. */
static struct page_table_model_entry *splice(struct page_table_model *model, size_t at, size_t old,
                                             size_t new)
{
    assert(at + old <= model->count && model->count - old + new <= PAGE_TABLE_MODEL_MAX);
    memmove(&model->entries[at + new], &model->entries[at + old],
            (model->count - at - old) * sizeof(model->entries[0]));
    model->count = model->count - old + new;
    return &model->entries[at];
}

/* The large page that an entry belongs to becomes 512 small ones. */
static void split(struct page_table_model *model, size_t at)
{
    size_t first = position(model, model->entries[at].address & ~(LARGE_PAGE_SIZE - 1));
    for (size_t i = first; i < first + ENTRIES; i++) {
        assert(model->entries[i].large);
        model->entries[i].large = false;
    }
}

/* NULL where the contract allows that, now and then. */
static struct page_batch *batch_or_null(bool present, vaddr_t address)
{
    return present || address / PAGE_SIZE % 2 == 0 ? &batch : NULL;
}

j6_status_t page_table_model_set(struct page_table_model *model, vaddr_t address, paddr_t page,
                                 uint32_t flags)
{
    const struct page_table_model_entry *old = entry_at(model, address);
    begin(model);
    j6_status_t status = page_table_set(model->table, address, page, page_bits(flags),
                                        batch_or_null(old != NULL, address));
    if (status != j6_status_ok) {
        assert(status == test_tables_failure && test_tables_left == 0);
        assert(old == NULL || old->large);
        end(model);
        return status;
    }
    size_t i = position(model, address);
    if (old != NULL) {
        check_changed(old, page, flags);
        if (old->large) {
            split(model, i);
        }
    }
    *splice(model, i, old != NULL, 1) =
        (struct page_table_model_entry){address, page, flags, false};
    end(model);
    return status;
}

j6_status_t page_table_model_set_large(struct page_table_model *model, vaddr_t address,
                                       paddr_t page, uint32_t flags)
{
    size_t first = position(model, address);
    size_t after = position(model, address + LARGE_PAGE_SIZE);
    after = address + LARGE_PAGE_SIZE == 0 ? model->count : after;
    begin(model);
    j6_status_t status = page_table_set_large(model->table, address, page, page_bits(flags),
                                              batch_or_null(after > first, address >> 9));
    if (status != j6_status_ok) {
        assert(status == test_tables_failure && test_tables_left == 0 && first == after);
        end(model);
        return status;
    }
    for (size_t i = first; i < after; i++) {
        const struct page_table_model_entry *old = &model->entries[i];
        if (old->large) {
            check_changed(old, page + (old->address - address), flags);
        } else {
            check_forgotten(old, true);
        }
    }
    struct page_table_model_entry *new = splice(model, first, after - first, ENTRIES);
    for (unsigned i = 0; i < ENTRIES; i++) {
        uint64_t offset = i * PAGE_SIZE;
        new[i] = (struct page_table_model_entry){address + offset, page + offset, flags, true};
    }
    end(model);
    return status;
}

void page_table_model_protect(struct page_table_model *model, vaddr_t from, vaddr_t end_of_range)
{
    begin(model);
    page_table_protect(model->table, from, end_of_range, &batch);
    for (size_t i = 0; i < model->count; i++) {
        struct page_table_model_entry *entry = &model->entries[i];
        uint64_t size = entry->large ? LARGE_PAGE_SIZE : PAGE_SIZE;
        vaddr_t first = entry->address & ~(size - 1);
        if (first < end_of_range && first + size > from && from < end_of_range &&
            (entry->flags & PAGE_WRITE)) {
            check_forgotten(entry, true);
            entry->flags &= ~(uint32_t)PAGE_WRITE;
        }
    }
    end(model);
}

/* What page_table_clear was asked for, and how far it came. */
struct cleared {
    vaddr_t from;
    vaddr_t end;
    vaddr_t stop;
    unsigned max;
    int64_t tables; /* to be had */
};

/* Takes out what lies there, as said in arch/page_table.h; returns how much of max is left. */
static unsigned clear(struct page_table_model *model, const struct cleared *cleared)
{
    vaddr_t from = cleared->from;
    vaddr_t end_of_range = cleared->end;
    unsigned max = cleared->max;
    int64_t tables = cleared->tables;
    size_t first = position(model, from);
    size_t after = first;
    while (max > 0 && after < model->count && model->entries[after].address < cleared->stop) {
        bool large = model->entries[after].large;
        vaddr_t base = model->entries[after].address & ~(LARGE_PAGE_SIZE - 1);
        bool whole = base >= from && end_of_range - base >= LARGE_PAGE_SIZE;
        if (large && !whole && tables != 0) {
            split(model, after);
            tables--;
            continue;
        }
        size_t begins = large ? position(model, base) : after;
        check_forgotten(&model->entries[begins], true);
        first = begins < first ? begins : first;
        after = begins + (large ? ENTRIES : 1);
        max--;
    }
    splice(model, first, after - first, 0);
    return max;
}

bool page_table_model_clear(struct page_table_model *model, vaddr_t *from, vaddr_t end_of_range,
                            unsigned max)
{
    vaddr_t start = *from;
    struct cleared cleared = {start, end_of_range, 0, max, test_tables_left};
    begin(model);
    bool more = page_table_clear(model->table, from, end_of_range, max, &batch);
    cleared.stop = more ? *from : end_of_range;
    unsigned left = clear(model, &cleared);
    size_t next = position(model, start);
    bool far_apart = left<max && * from - start> 4 * LARGE_PAGE_SIZE;
    assert(more == (*from < end_of_range) && (!more || left == 0 || far_apart));
    assert(*from >= start && (more || start > end_of_range || *from == end_of_range));
    assert(*from <= start || next == model->count || model->entries[next].address >= *from);
    end(model);
    return more;
}

bool page_table_model_clear_all(struct page_table_model *model, vaddr_t from, vaddr_t end_of_range)
{
    size_t before = model->count;
    while (page_table_model_clear(model, &from, end_of_range, ~0u)) {}
    return model->count < before;
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

void page_table_model_next(const struct page_table_model *model, vaddr_t from, vaddr_t end_of_range)
{
    vaddr_t found = 1;
    size_t i = position(model, from);
    bool expected = i < model->count && model->entries[i].address < end_of_range;
    assert(page_table_next(model->table, from, end_of_range, &found) == expected);
    assert(found == (expected ? model->entries[i].address : 1));
}

struct audit {
    const struct page_table_model *model;
    size_t at;
    uint64_t tables;
};

/* A page of any size. `entry` says what is effective. */
static void check_page(struct audit *audit, vaddr_t address, uint64_t entry, unsigned level)
{
    assert(level < 2);
    for (uint64_t offset = 0; offset < page_span(level); offset += PAGE_SIZE) {
        const struct page_table_model_entry *expected = &audit->model->entries[audit->at++];
        assert(audit->at <= audit->model->count && expected->address == address + offset);
        assert(expected->page == page_entry_page(entry, level) + offset);
        assert(page_entry_bits(entry, level) == page_bits(expected->flags));
        assert(expected->large == (level == 1));
    }
}

/*
 * Checks a table whose entries each span so many bytes; tells how many entries it uses. `writable`:
 * ENTRY_WRITABLE, or 0 if an entry above protects it.
 */
static uint64_t check_table(struct audit *audit, paddr_t page, vaddr_t base, unsigned level,
                            uint64_t writable)
{
    const struct page_table_model *model = audit->model;
    assert(owners[(page - POOL_START) / PAGE_SIZE] == model->table);
    const uint64_t *entries = phys_to_virt(page);
    uint64_t used = 0;
    audit->tables++;
    for (unsigned i = 0; i < ENTRIES; i++) {
        vaddr_t address = base + i * page_span(level);
        if (level == LEVELS - 1 && i >= KERNEL_HALF) {
            address |= 0xffffull << 48;
        }
        bool other_half = level == LEVELS - 1 && (address >= OFFSET_MAP) != (model->low != 0);
        assert((entries[i] & ENTRY_PRESENT) || entries[i] == 0);
        if (entries[i] == 0 || other_half) {
            continue;
        }
        used++;
        uint64_t entry = entries[i] & (~ENTRY_WRITABLE | writable);
        if (level == 0 || (entry & ENTRY_LARGE)) {
            check_page(audit, address, entry, level);
            continue;
        }
        uint64_t below = check_table(audit, entry & ENTRY_ADDRESS, address, level - 1,
                                     entry & ENTRY_WRITE ? writable : 0);
        bool shared = level == LEVELS - 1 && model->low != 0;
        assert(entries[i] >> USED_SHIFT == (shared ? 0 : below) && (shared || below > 0));
    }
    return used;
}

static void check_visit(void *context, const struct page_visit *page)
{
    struct audit *audit = context;
    if ((page->address >= OFFSET_MAP) != (audit->model->low != 0)) {
        return;
    }
    const struct page_table_model_entry *entry = &audit->model->entries[audit->at];
    assert(page->size == (entry->large ? LARGE_PAGE_SIZE : PAGE_SIZE));
    assert(page->address == entry->address && page->page == entry->page);
    assert(page->flags == entry->flags);
    audit->at += page->size / PAGE_SIZE;
    assert(audit->at <= audit->model->count);
}

void page_table_model_check(const struct page_table_model *model)
{
    struct audit audit = {.model = model};
    check_table(&audit, model->table->root, 0, LEVELS - 1, ENTRY_WRITABLE);
    assert(audit.at == model->count && audit.tables == model->table->tables);
    assert(model->count > 0 || audit.tables == model->permanent);
    struct audit walk = {.model = model};
    page_table_walk(model->table, check_visit, &walk);
    assert(walk.at == model->count);
}

void page_table_model_destroy(struct page_table_model *model)
{
    page_table_model_clear_all(model, model->low, model->low != 0 ? ~0ull : USER_END);
    assert(model->count == 0);
    page_table_model_check(model);
    if (model->table != &kernel_page_table) {
        page_table_load(&kernel_page_table);
        page_table_destroy(model->table);
    }
}

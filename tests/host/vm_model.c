/* SPDX-License-Identifier: MIT */
/*
 * Holds frames, slabs and accounts itself, so that each call of theirs that may fail can be made to:
 * the sources are read under other names, and the real names count calls first.
 */
#define frame_alloc real_frame_alloc
#include "mm/frame.c"
#undef frame_alloc
#define slab_alloc        real_slab_alloc
#define slab_alloc_zeroed real_slab_alloc_zeroed
#include "mm/slab.c"
#undef slab_alloc
#undef slab_alloc_zeroed
#define account_charge real_account_charge
#include "kernel/base/account.c"
#undef account_charge

#include "arch/upcall.h"
#include "kernel/base/random.h"
#include "mm/memory.h"
#include "mm/vm_area.h"
#include "mm/vm_mapping.h"
#include "tests/host/vm_model.h"
#include <stdlib.h>
#include <test_frames.h>
#include <test_machine.h>
#include <test_random.h>

#define FIXED_START (8ull << 30)
#define LIMIT       (1ull << 40)

enum { MAPPINGS = 200 };

/* ---- failures ---- */

uint64_t vm_model_failures;
static bool fail_every_step;
static int64_t steps_left = -1; /* until the failure; negative: none */

static bool fails_now(void)
{
    return steps_left >= 0 && steps_left-- == 0;
}

paddr_t frame_alloc(void);
void *slab_alloc(struct slab_cache *cache);
void *slab_alloc_zeroed(struct slab_cache *cache);
j6_status_t account_charge(struct account *account, enum account_kind kind, uint64_t n);

paddr_t frame_alloc(void)
{
    return fails_now() ? 0 : real_frame_alloc();
}

void *slab_alloc(struct slab_cache *cache)
{
    return fails_now() ? NULL : real_slab_alloc(cache);
}

void *slab_alloc_zeroed(struct slab_cache *cache)
{
    return fails_now() ? NULL : real_slab_alloc_zeroed(cache);
}

j6_status_t account_charge(struct account *account, enum account_kind kind, uint64_t n)
{
    return fails_now() ? j6_err_quota : real_account_charge(account, kind, n);
}

/* Was this a failure that was asked for? Then the operation is to be tried again. */
static bool try_again(j6_status_t status, int64_t *step)
{
    bool failed = *step >= 0 && steps_left < 0;
    steps_left = -1;
    if (!failed) {
        return false;
    }
    assert(status == j6_err_quota || status == j6_err_no_memory);
    vm_model_failures++;
    vm_model_check();
    ++*step;
    return true;
}

/* Runs the operation with a failure at each step in turn, and at last without. */
#define WITH_FAILURES(status, operation)                                                           \
    do {                                                                                           \
        int64_t step = fail_every_step ? 0 : -1;                                                   \
        do {                                                                                       \
            memory_drain();                                                                        \
            steps_left = step;                                                                     \
            (status) = (operation);                                                                \
        } while (try_again(status, &step));                                                        \
    } while (0)

void vm_model_fail_every_step(bool on)
{
    fail_every_step = on;
}

/* ---- what mm finds outside of itself ---- */

uint32_t page_memory_caching = PAGE_WRITE_BACK;

uint64_t random_u64(void)
{
    return test_random();
}

void kobject_waits_end(struct kobject *object, j6_status_t status)
{
    (void)object;
    (void)status;
}

/* ---- the model ---- */

static struct account area_account, space_account;
static uint64_t frames_at_start;

static struct model_area {
    struct vm_area *area; /* NULL: none here */
    bool held;            /* by its handle */
    bool resizable;
    uint64_t pages;
    uint64_t words[VM_MODEL_PAGES]; /* the first word of each page */
} areas[VM_MODEL_AREAS];

static struct vm_space spaces[VM_MODEL_SPACES];

static struct model_mapping {
    unsigned space, area;
    vaddr_t start, end;
    uint64_t offset;
    uint32_t flags;
    bool whole;
} mappings[MAPPINGS];
static unsigned mapping_count;

void vm_model_start(void)
{
    test_random_begin();
    test_frames_start(VM_MODEL_FRAMES);
    test_memory_add(FIXED_START, FIXED_START + VM_MODEL_PAGES * VM_MODEL_AREAS * PAGE_SIZE);
    account_init_root(&area_account, LIMIT);
    account_init_root(&space_account, LIMIT);
    j6_status_t status = upcall_table_alloc(&kernel_page_table, &kernel_page_table.root);
    assert(status == j6_status_ok);
    memory_drain();
    frames_at_start = frames_free();
}

static void space_start(unsigned space)
{
    j6_status_t status;
    memset(&spaces[space], 0, sizeof(spaces[space]));
    WITH_FAILURES(status, vm_space_init(&spaces[space], &space_account));
    assert(status == j6_status_ok);
}

void vm_model_begin(void)
{
    memset(areas, 0, sizeof(areas));
    mapping_count = 0;
    for (unsigned i = 0; i < VM_MODEL_SPACES; i++) {
        space_start(i);
    }
    vm_model_check();
}

static bool is_mapped(unsigned area)
{
    for (unsigned i = 0; i < mapping_count; i++) {
        if (mappings[i].area == area) {
            return true;
        }
    }
    return false;
}

/* An area that nobody holds or maps has gone. */
static void forget_dead_areas(void)
{
    for (unsigned i = 0; i < VM_MODEL_AREAS; i++) {
        if (areas[i].area != NULL && !areas[i].held && !is_mapped(i)) {
            areas[i] = (struct model_area){0};
        }
    }
}

void vm_model_end(void)
{
    for (unsigned i = 0; i < VM_MODEL_AREAS; i++) {
        vm_model_drop(i);
    }
    for (unsigned i = 0; i < VM_MODEL_SPACES; i++) {
        vm_model_renew_space(i);
    }
    vm_model_check();
    for (unsigned i = 0; i < VM_MODEL_SPACES; i++) {
        vm_space_destroy(&spaces[i]);
    }
    grace_pass();
    memory_drain();
    frame_drain();
    assert(mapping_count == 0 && kobject_live(j6_type_vma) == 0);
    assert(area_account.left[ACCOUNT_MEMORY] == LIMIT && area_account.refs == 1);
    assert(space_account.left[ACCOUNT_MEMORY] == LIMIT && space_account.refs == 1);
    assert(frames_free() == frames_at_start);
}

/* ---- areas ---- */

static void area_started(unsigned i, struct vm_area *area, uint64_t pages, bool resizable)
{
    areas[i] = (struct model_area){
        .area = area, .held = true, .resizable = resizable, .pages = pages};
}

bool vm_model_create(unsigned area, uint64_t pages, uint32_t flags)
{
    if (areas[area].area != NULL) {
        return false;
    }
    struct vm_area *made;
    j6_status_t status;
    WITH_FAILURES(status, vm_area_create_open(&area_account, pages * PAGE_SIZE, flags, &made));
    assert(status == j6_status_ok);
    area_started(area, made, pages, flags & j6_vma_flag_resizable);
    return true;
}

bool vm_model_create_fixed(unsigned area, uint64_t pages)
{
    if (areas[area].area != NULL) {
        return false;
    }
    paddr_t physical = FIXED_START + area * VM_MODEL_PAGES * PAGE_SIZE;
    memset(phys_to_virt(physical), 0, pages * PAGE_SIZE);
    struct vm_area *made;
    j6_status_t status;
    WITH_FAILURES(status, vm_area_create_fixed(&area_account, physical, pages * PAGE_SIZE,
                                               PAGE_WRITE_COMBINE, &made));
    assert(status == j6_status_ok);
    area_started(area, made, pages, false);
    return true;
}

void vm_model_drop(unsigned area)
{
    if (areas[area].held) {
        areas[area].held = false;
        kobject_put(&areas[area].area->object);
        forget_dead_areas();
    }
}

static bool taken(unsigned space, vaddr_t start, vaddr_t end, const struct model_mapping *but)
{
    for (unsigned i = 0; i < mapping_count; i++) {
        const struct model_mapping *mapping = &mappings[i];
        if (mapping != but && mapping->space == space && mapping->start < end &&
            start < mapping->end) {
            return true;
        }
    }
    return false;
}

static bool followers_fit(unsigned area, uint64_t size)
{
    for (unsigned i = 0; i < mapping_count; i++) {
        const struct model_mapping *mapping = &mappings[i];
        if (mapping->area == area && mapping->whole &&
            (size > USER_END - mapping->start ||
             taken(mapping->space, mapping->start, mapping->start + size, mapping))) {
            return false;
        }
    }
    return true;
}

static j6_status_t expected_resize(unsigned area, uint64_t size)
{
    if (!areas[area].resizable) {
        return j6_err_bad_state;
    }
    if (size == 0 || size > VM_AREA_MAX_SIZE) {
        return j6_err_out_of_range;
    }
    return followers_fit(area, page_up(size)) ? j6_status_ok : j6_err_collision;
}

j6_status_t vm_model_resize(unsigned area, uint64_t size)
{
    if (areas[area].area == NULL) {
        return j6_err_not_found;
    }
    j6_status_t status;
    WITH_FAILURES(status, vm_area_resize(areas[area].area, size));
    assert(status == expected_resize(area, size));
    if (status == j6_status_ok) {
        uint64_t pages = page_count(size);
        for (uint64_t i = pages; i < VM_MODEL_PAGES; i++) {
            areas[area].words[i] = 0;
        }
        areas[area].pages = pages;
        for (unsigned i = 0; i < mapping_count; i++) {
            if (mappings[i].area == area && mappings[i].whole) {
                mappings[i].end = mappings[i].start + pages * PAGE_SIZE;
            }
        }
    }
    return status;
}

j6_status_t vm_model_write_area(unsigned area, uint64_t offset, uint64_t value)
{
    if (areas[area].area == NULL || areas[area].area->kind == VM_AREA_FIXED) {
        return j6_err_not_found;
    }
    bool inside = offset < areas[area].pages * PAGE_SIZE;
    offset = page_down(offset);
    j6_status_t status;
    WITH_FAILURES(status, vm_area_write(areas[area].area, offset, &value, sizeof(value)));
    assert(status == (inside ? j6_status_ok : j6_err_out_of_range));
    if (inside) {
        areas[area].words[offset / PAGE_SIZE] = value;
    }
    return status;
}

/* ---- mappings ---- */

static vaddr_t lowest_room(unsigned space, vaddr_t low, vaddr_t high, uint64_t len)
{
    vaddr_t best = 0;
    for (unsigned i = 0; i <= mapping_count; i++) {
        bool here = i == mapping_count || mappings[i].space == space;
        vaddr_t place = i == mapping_count ? low : mappings[i].end;
        if (here && place >= low && place < high && high - place >= len &&
            !taken(space, place, place + len, NULL) && (best == 0 || place < best)) {
            best = place;
        }
    }
    return best;
}

static j6_status_t expected_map(unsigned space, unsigned area, vaddr_t *address, uint64_t offset,
                                uint64_t len, uint64_t flags)
{
    uint64_t size = areas[area].pages * PAGE_SIZE;
    bool both = (flags & j6_map_write) && (flags & j6_map_exec);
    if (flags & ~15ull || both || (*address | offset | len) % PAGE_SIZE != 0) {
        return j6_err_invalid_arg;
    }
    if ((flags & j6_map_exact) &&
        (*address < USER_START || *address >= USER_END || len > USER_END - *address)) {
        return j6_err_out_of_range;
    }
    if (len == 0 ? offset != 0 : offset > size || len > size - offset) {
        return j6_err_out_of_range;
    }
    len = len == 0 ? size : len;
    if (*address >= USER_START && *address < USER_END && len <= USER_END - *address &&
        !taken(space, *address, *address + len, NULL)) {
        return j6_status_ok;
    }
    if (flags & j6_map_exact) {
        return j6_err_collision;
    }
    vaddr_t window = spaces[space].window;
    *address = lowest_room(space, window, window + VM_WINDOW_SIZE, len);
    if (*address == 0) {
        *address = lowest_room(space, USER_START, USER_END, len);
    }
    return *address != 0 ? j6_status_ok : j6_err_no_memory;
}

j6_status_t vm_model_map(unsigned space, unsigned area, vaddr_t *address, uint64_t offset,
                         uint64_t len, uint64_t flags)
{
    if (areas[area].area == NULL || mapping_count == MAPPINGS) {
        return j6_err_not_found;
    }
    vaddr_t expected = *address;
    vaddr_t got = *address;
    j6_status_t status;
    WITH_FAILURES(status,
                  vm_space_map(&spaces[space], areas[area].area, &got, offset, len, flags));
    assert(status == expected_map(space, area, &expected, offset, len, flags));
    assert(got == (status == j6_status_ok ? expected : *address));
    if (status == j6_status_ok) {
        uint64_t size = len == 0 ? areas[area].pages * PAGE_SIZE : len;
        mappings[mapping_count++] = (struct model_mapping){
            .space = space,
            .area = area,
            .start = got,
            .end = got + size,
            .offset = offset,
            .flags = (uint32_t)flags,
            .whole = len == 0,
        };
        *address = got;
    }
    return status;
}

static struct model_mapping *mapping_at(unsigned space, vaddr_t address)
{
    for (unsigned i = 0; i < mapping_count; i++) {
        if (mappings[i].space == space && address >= mappings[i].start &&
            address < mappings[i].end) {
            return &mappings[i];
        }
    }
    return NULL;
}

static struct model_mapping piece_of(const struct model_mapping *mapping, vaddr_t start,
                                     vaddr_t end)
{
    struct model_mapping piece = *mapping;
    piece.start = start;
    piece.end = end;
    piece.offset += start - mapping->start;
    piece.whole = false;
    return piece;
}

j6_status_t vm_model_unmap(unsigned space, unsigned area, vaddr_t address, uint64_t len)
{
    if (areas[area].area == NULL || mapping_count + 2 > MAPPINGS) {
        return j6_err_not_found;
    }
    struct model_mapping *mapping = mapping_at(space, address);
    bool fits = mapping != NULL && mapping->area == area &&
                (len == 0 ? address == mapping->start : len <= mapping->end - address);
    j6_status_t expected = (address | len) % PAGE_SIZE != 0 ? j6_err_invalid_arg
                           : fits                           ? j6_status_ok
                                                            : j6_err_not_found;
    j6_status_t status;
    WITH_FAILURES(status, vm_space_unmap(&spaces[space], areas[area].area, address, len));
    assert(status == expected);
    if (status == j6_status_ok) {
        struct model_mapping old = *mapping;
        vaddr_t end = len == 0 ? old.end : address + len;
        *mapping = mappings[--mapping_count];
        if (address > old.start) {
            mappings[mapping_count++] = piece_of(&old, old.start, address);
        }
        if (end < old.end) {
            mappings[mapping_count++] = piece_of(&old, end, old.end);
        }
        forget_dead_areas();
    }
    return status;
}

void vm_model_renew_space(unsigned space)
{
    vm_space_destroy(&spaces[space]);
    for (unsigned i = 0; i < mapping_count;) {
        if (mappings[i].space == space) {
            mappings[i] = mappings[--mapping_count];
        } else {
            i++;
        }
    }
    forget_dead_areas();
    space_start(space);
}

bool vm_model_some_mapping(uint64_t random, unsigned *space, unsigned *area, vaddr_t *start,
                           uint64_t *len)
{
    if (mapping_count == 0) {
        return false;
    }
    const struct model_mapping *mapping = &mappings[random % mapping_count];
    *space = mapping->space;
    *area = mapping->area;
    *start = mapping->start;
    *len = mapping->end - mapping->start;
    return true;
}

vaddr_t vm_model_window(unsigned space)
{
    return spaces[space].window;
}

/* ---- access ---- */

static bool translate(unsigned space, vaddr_t address, uint32_t needed, paddr_t *out_page)
{
    uint32_t flags;
    return page_table_find(&spaces[space].table, address, out_page, &flags) &&
           (flags & needed) == needed;
}

/* The page behind an address, after a fault if need be. */
static j6_status_t access_page(unsigned space, vaddr_t address, bool write, paddr_t *out_page)
{
    uint32_t needed = PAGE_USER | (write ? PAGE_WRITE : 0);
    if (translate(space, address, needed, out_page)) {
        return j6_status_ok;
    }
    j6_status_t status;
    WITH_FAILURES(status, vm_space_fault(&spaces[space], address,
                                         write ? VM_ACCESS_WRITE : VM_ACCESS_READ));
    assert(status != j6_status_ok || translate(space, address, needed, out_page));
    return status;
}

static j6_status_t access(unsigned space, vaddr_t address, bool write, uint64_t value)
{
    const struct model_mapping *mapping = mapping_at(space, address);
    uint64_t number = mapping == NULL
                          ? 0
                          : (mapping->offset + (address - mapping->start)) / PAGE_SIZE;
    bool allowed = mapping != NULL && (mapping->flags & (write ? j6_map_write : j6_map_read)) &&
                   number < areas[mapping->area].pages;
    /* A page that may be written can be read, whatever its mapping says: there is no such entry. */
    bool writable = mapping != NULL && (mapping->flags & j6_map_write);
    paddr_t page;
    j6_status_t status = access_page(space, address, write, &page);
    if (status == j6_status_ok && !allowed) {
        assert(writable && !write);
        return status;
    }
    assert(status == (allowed ? j6_status_ok : j6_err_bad_address));
    if (status == j6_status_ok) {
        uint64_t *words = phys_to_virt(page);
        uint64_t *word = &areas[mapping->area].words[number];
        assert(words[0] == *word);
        for (unsigned i = 1; i < PAGE_SIZE / sizeof(*words); i++) {
            assert(words[i] == 0);
        }
        if (write) {
            words[0] = *word = value;
        }
    }
    return status;
}

j6_status_t vm_model_read(unsigned space, vaddr_t address)
{
    return access(space, address, false, 0);
}

j6_status_t vm_model_write(unsigned space, vaddr_t address, uint64_t value)
{
    return access(space, address, true, value);
}

/* ---- nothing is lost, nothing is left ---- */

static uint64_t tree_pages(struct vm_area *area)
{
    uint64_t count = 0;
    for (uint64_t number = 0; page_tree_next(&area->pages, number, &number) != 0; number++) {
        assert(number < area->size / PAGE_SIZE);
        count++;
    }
    return count;
}

static void check_entry(void *context, const struct page_visit *page)
{
    unsigned space = (unsigned)((const struct vm_space *)context - spaces);
    const struct model_mapping *mapping = mapping_at(space, page->address);
    assert(mapping != NULL && page->size == PAGE_SIZE);
    const struct vm_area *area = areas[mapping->area].area;
    uint64_t offset = mapping->offset + (page->address - mapping->start);
    assert(page->page == (area->kind == VM_AREA_FIXED
                              ? area->physical + offset
                              : page_tree_peek(&area->pages, offset / PAGE_SIZE)));
    assert(page->flags == (PAGE_USER | area->page_flags |
                           (mapping->flags & j6_map_write ? PAGE_WRITE : 0) |
                           (mapping->flags & j6_map_exec ? PAGE_EXEC : 0)));
}

static void check_space(unsigned space)
{
    unsigned count = 0;
    const struct avl_tree *set = &spaces[space].mappings;
    for (const struct vm_mapping *mapping = mapping_from(set, 0); mapping != NULL;
         mapping = mapping_next(mapping)) {
        const struct model_mapping *expected = mapping_at(space, mapping->start);
        assert(expected != NULL && expected->start == mapping->start);
        assert(expected->end == mapping->end && expected->offset == mapping->offset);
        assert(mapping->area == areas[expected->area].area && mapping->linked);
        assert(mapping->whole == expected->whole && mapping->flags == expected->flags);
        count++;
    }
    for (unsigned i = 0; i < mapping_count; i++) {
        count -= mappings[i].space == space;
    }
    assert(count == 0);
    page_table_walk(&spaces[space].table, check_entry, &spaces[space]);
}

/* Frames that slabs have; what of them is in nobody's hands has been drained. */
static uint64_t slab_frames(void)
{
    struct j6_slab_info rows[8];
    uint64_t frames_in_slabs = 0;
    size_t count = slab_info(rows, 8);
    for (size_t i = 0; i < count; i++) {
        frames_in_slabs += rows[i].frames;
    }
    return frames_in_slabs;
}

void vm_model_check(void)
{
    grace_pass();
    memory_drain();
    uint64_t pages = 0;
    uint64_t tables = 0;
    uint64_t live = 0;
    for (unsigned i = 0; i < VM_MODEL_AREAS; i++) {
        struct vm_area *area = areas[i].area;
        if (area != NULL) {
            assert(area->size == areas[i].pages * PAGE_SIZE);
            pages += tree_pages(area);
            live++;
        }
    }
    for (unsigned i = 0; i < VM_MODEL_SPACES; i++) {
        if (spaces[i].table.tables != 0) {
            check_space(i);
            tables += spaces[i].table.tables;
        }
    }
    assert(kobject_live(j6_type_vma) == live);
    assert(LIMIT - area_account.left[ACCOUNT_MEMORY] ==
           live * sizeof(struct vm_area) + pages * PAGE_SIZE);
    assert(LIMIT - space_account.left[ACCOUNT_MEMORY] ==
           mapping_count * sizeof(struct vm_mapping) + tables * PAGE_SIZE);
    assert(frames_free() + pages + tables + slab_frames() == frames_at_start);
}

/* SPDX-License-Identifier: MIT */
/* The whole: processes, their spaces, the areas that these lead to. Tables: page_audit.c. */
#include "kernel/test/memory_audit.h"
#include "arch/arch.h"
#include "arch/tlb.h"
#include "kernel/base/log.h"
#include "kernel/cpu_call.h"
#include "kernel/process.h"
#include "kernel/test/page_audit.h"
#include "kernel/test/test_options.h"
#include "kernel/test/tree_audit.h"
#include "lib/container.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/physical.h"
#include "mm/vm_area.h"
#include "mm/vm_mapping.h"

/* Areas are found by handles and mappings, each maybe often. */
enum { AREAS_ORDER = 5, AREAS_MAX = (PAGE_SIZE << AREAS_ORDER) / sizeof(struct vm_area *) };

static struct {
    struct vm_area **areas;
    uint64_t area_count;
    uint64_t spaces, mappings, pages;
    bool wrong;
} found;

static void wrong(const char *where, const char *what, uint64_t address)
{
    if (!found.wrong) {
        log_error("audit   %s: %s, at %#lx", where, what, address);
    }
    found.wrong = true;
}

/* ---- areas ---- */

static void area_note(struct vm_area *area)
{
    uint64_t i = 0;
    while (i < found.area_count && found.areas[i] != area) {
        i++;
    }
    if (i == AREAS_MAX) {
        wrong("areas", "more than the audit has room for", i);
    } else if (i == found.area_count) {
        found.areas[found.area_count++] = area;
    }
}

static void area_note_all(struct process *process)
{
    for (uint32_t index = 0; index < handle_slots(&process->handles); index++) {
        j6_handle_t handle = handle_in_slot(&process->handles, index);
        struct kobject *object = handle_find(&process->handles, handle);
        if (object != NULL && object->type->number == j6_type_vma) {
            area_note(vm_area_of(object));
        }
    }
    const struct vm_mapping *mapping = mapping_from(&process->own_space.mappings, 0);
    for (; mapping != NULL; mapping = mapping_next(mapping)) {
        area_note(mapping->area);
    }
}

static uint64_t view_count(const struct vm_area *area)
{
    uint64_t count = 0;
    const struct vm_mapping *view = view_first(&area->views, 0, UINT64_MAX);
    for (; view != NULL; view = view_next(view, 0, UINT64_MAX)) {
        count++;
    }
    return count;
}

static void check_open(struct vm_area *area)
{
    uint64_t pages = 0;
    for (uint64_t number = 0; page_tree_next(&area->pages, number, &number) != 0; number++) {
        pages++;
        if (number - area->bias >= page_count(area->size)) {
            wrong("areas", "a page beyond the size", area->object.koid);
        }
    }
    if (pages != page_tree_pages(&area->pages)) {
        wrong("areas", "a tree miscounts its pages", area->object.koid);
    }
    if (area->page_flags != page_memory_caching) {
        wrong("areas", "memory with a caching of its own", area->object.koid);
    }
}

/* Nobody else may have the range with another caching. */
static void check_fixed(const struct vm_area *area)
{
    struct physical_claim claim;
    paddr_t end = area->physical + area->size;
    if (physical_kind(area->physical, end) == PHYSICAL_KERNEL) {
        return; /* memory for DMA: compared with the offset map, page by page */
    }
    if (physical_claim(&claim, area->physical, end, area->page_flags) != j6_status_ok) {
        wrong("areas", "a caching that isn't the claim's", area->physical);
    } else {
        physical_release(&claim);
    }
}

static void check_areas(void)
{
    uint64_t views = 0;
    for (uint64_t i = 0; i < found.area_count; i++) {
        views += view_count(found.areas[i]);
        if (found.areas[i]->kind == VM_AREA_OPEN) {
            check_open(found.areas[i]);
        } else {
            check_fixed(found.areas[i]);
        }
    }
    if (views != found.mappings) {
        wrong("areas", "views that aren't as many as mappings", views);
    }
}

static void check_trees(struct tree_audit *audit)
{
    for (audit->step = TREE_AUDIT_TAKE; audit->step <= TREE_AUDIT_GIVE; audit->step++) {
        for (uint64_t i = 0; i < found.area_count; i++) {
            tree_audit_area(audit, found.areas[i]);
        }
    }
    if (audit->wrong != NULL) {
        wrong("trees", audit->wrong, 0);
    }
}

/* ---- spaces ---- */

struct space_audit {
    struct page_audit audit;
    const struct vm_space *space;
};

/* The offset map knows each page of memory, so comparing with it compares all with each other. */
static bool caching_agrees(paddr_t page, uint32_t flags)
{
    paddr_t there;
    uint32_t there_flags;
    return !page_table_find(&kernel_page_table, page + OFFSET_MAP, &there, &there_flags) ||
           (there_flags & PAGE_CACHE_MASK) == (flags & PAGE_CACHE_MASK);
}

/* What the entry of a page of an open area may be. */
static const char *check_open_page(struct vm_area *area, uint64_t offset, paddr_t page,
                                   bool writable)
{
    uint64_t number = (offset >> PAGE_SHIFT) + area->bias;
    if (offset >= area->size || area->revoked || page_tree_find(&area->pages, number) != page) {
        return "a page that isn't the area's";
    }
    if (writable && (!page_tree_is_own(&area->pages, number) || frame_is_shared(page))) {
        return "a page that is shared is writable";
    }
    return NULL;
}

static const char *check_page(const struct vm_mapping *mapping, vaddr_t address, paddr_t page,
                              uint32_t flags)
{
    if (mapping == NULL) {
        return "a page where nothing is mapped";
    }
    struct vm_area *area = mapping->area;
    uint64_t offset = mapping->offset + (address - mapping->start);
    bool writable = flags & PAGE_WRITE;
    if (address < mapping->open_from || !(mapping->flags & j6_map_read) ||
        (writable && !(mapping->flags & j6_map_write)) ||
        ((flags & PAGE_EXEC) && !(mapping->flags & j6_map_exec))) {
        return "a page allows more than its mapping";
    }
    if ((flags & PAGE_CACHE_MASK) != area->page_flags || !caching_agrees(page, flags)) {
        return "a page's caching";
    }
    if (area->kind == VM_AREA_OPEN) {
        return check_open_page(area, offset, page, writable);
    }
    return area->revoked || page != area->physical + offset ? "a page that isn't the area's" : NULL;
}

static void visit_user(struct page_audit *audit, const struct page_visit *page)
{
    const struct space_audit *self = container_of(audit, struct space_audit, audit);
    for (uint64_t skip = 0; skip < page->size; skip += PAGE_SIZE) {
        vaddr_t address = page->address + skip;
        const struct vm_mapping *mapping = mapping_find(&self->space->mappings, address);
        const char *what = check_page(mapping, address, page->page + skip, page->flags);
        if (what != NULL) {
            page_audit_wrong(audit, what, address);
        }
    }
}

static void check_space(struct process *process)
{
    struct space_audit self = {
        .audit = {.table = &process->own_space.table, .visit = visit_user},
        .space = &process->own_space,
    };
    if (self.space->table.tables == 0) {
        return; /* the kernel's process, or one whose space has gone */
    }
    const struct vm_mapping *mapping = mapping_from(&self.space->mappings, 0);
    for (; mapping != NULL; mapping = mapping_next(mapping)) {
        found.mappings++;
    }
    page_audit_user(&self.audit);
    found.spaces++;
    found.pages += self.audit.pages;
    if (self.audit.wrong != NULL) {
        wrong(process->name, self.audit.wrong, self.audit.where);
    }
}

static void visit_kernel(struct page_audit *audit, const struct page_visit *page)
{
    if (!caching_agrees(page->page, page->flags)) {
        page_audit_wrong(audit, "a page's caching", page->address);
    }
}

static void check_kernel(void)
{
    struct page_audit audit = {.table = &kernel_page_table, .visit = visit_kernel};
    page_audit_kernel(&audit);
    if (audit.wrong != NULL) {
        wrong("kernel", audit.wrong, audit.where);
    }
}

/* `bug=audit`: one frame has a holder too many, which must be noticed. */
static paddr_t bug_begin(void)
{
    for (uint64_t i = 0; test_option_is("bug", "audit") && i < found.area_count; i++) {
        uint64_t number;
        paddr_t page = page_tree_next(&found.areas[i]->pages, 0, &number);
        if (page != 0) {
            frame_get(page);
            return page;
        }
    }
    return 0;
}

/*
 * The other CPUs stand still meanwhile, with nothing held: where they serve calls. What they were doing is
 * between two steps.
 */
static _Atomic uint32_t standing;
static _Atomic bool go_on;

static void stand_still(void *context)
{
    (void)context;
    atomic_fetch_add(&standing, 1);
    while (!atomic_load(&go_on)) {
        arch_spin_pause();
    }
}

static void others_stop(void)
{
    uint64_t others = cpus_online() & ~cpu_bit(cpu_index());
    atomic_store(&standing, 0);
    atomic_store(&go_on, false);
    cpu_call_start(others, stand_still, NULL);
    while (atomic_load(&standing) < cpu_mask_count(others)) {
        arch_let_interrupts_in();
    }
}

static void others_go_on(void)
{
    atomic_store(&go_on, true);
    cpu_call_wait();
}

static void each_process(void (*visit)(struct process *process))
{
    struct process *process = process_from(0);
    while (process != NULL) {
        struct process *next = process_from(process->object.koid + 1);
        visit(process);
        kobject_put(&process->object);
        process = next;
    }
}

static void audit_all(struct tree_audit *trees)
{
    each_process(area_note_all);
    paddr_t bug = bug_begin();
    check_kernel();
    each_process(check_space);
    check_areas();
    check_trees(trees);
    if (bug != 0) {
        frame_put(bug);
    }
}

bool memory_audit(void)
{
    paddr_t memory = frame_alloc_block(AREAS_ORDER);
    if (memory == 0) {
        log_warning("audit   left out: no memory for its list");
        return true;
    }
    struct tree_audit trees = {0};
    memset(&found, 0, sizeof(found));
    found.areas = phys_to_virt(memory);
    others_stop();
    audit_all(&trees);
    others_go_on();
    frame_free_block(memory, AREAS_ORDER);
    log_info(
        "audit   %lu spaces, %lu mappings, %lu pages in tables; %lu areas, %lu nodes, %lu frames",
        found.spaces, found.mappings, found.pages, found.area_count, trees.nodes, trees.frames);
    return !found.wrong;
}

/* SPDX-License-Identifier: MIT */
/* Address spaces: making and ending them, and page faults. Mapping and unmapping: vm_map.c. */
#include "mm/vm_space.h"
#include "kernel/base/account.h"
#include "kernel/base/random.h"
#include "mm/vm_area.h"
#include "mm/vm_map.h"
#include "mm/vm_mapping.h"

struct vm_space kernel_space = {
    .lock = SPINLOCK_INIT(RANK_SPACE),
    .table_lock = SPINLOCK_INIT(RANK_PAGE_TABLE),
};

#define REGION(base, size)                                              \
    {                                                                   \
        .space = &kernel_space, .start = (base), .end = (base) + (size) \
    }

/* The kernel's regions, so that nothing else is ever placed there. */
static struct vm_mapping kernel_regions[] = {
    REGION(OFFSET_MAP, OFFSET_MAP_SIZE), REGION(HEAP_BASE, HEAP_SIZE),
    REGION(STACKS_BASE, STACKS_SIZE),    REGION(BUFFERS_BASE, BUFFERS_SIZE),
    REGION(DEVICES_BASE, DEVICES_SIZE),  REGION(PER_CPU_BASE, PER_CPU_SIZE),
};

void vm_space_init_kernel(void)
{
    mapping_set_init(&kernel_space.mappings);
    for (unsigned i = 0; i < sizeof(kernel_regions) / sizeof(kernel_regions[0]); i++) {
        bool inserted = mapping_insert(&kernel_space.mappings, &kernel_regions[i]);
        assert(inserted);
    }
}

/* A window of 1 GiB, at random in the user half but not at its very ends. */
static vaddr_t window_choose(void)
{
    uint64_t windows = USER_END / VM_WINDOW_SIZE - 2;
    return (1 + random_u64() % windows) * VM_WINDOW_SIZE;
}

j6_status_t vm_space_init(struct vm_space *space, struct account *account)
{
    space->account = account;
    space->window = window_choose();
    space->last = NULL;
    spinlock_init(&space->lock, RANK_SPACE);
    spinlock_init(&space->table_lock, RANK_PAGE_TABLE);
    mapping_set_init(&space->mappings);
    return page_table_init(&space->table);
}

void vm_space_destroy(struct vm_space *space)
{
    spinlock_lock(&space->lock);
    space->closed = true;
    spinlock_unlock(&space->lock);
    struct vm_mapping *mapping;
    while ((mapping = mapping_from(&space->mappings, 0)) != NULL) {
        vm_mapping_destroy(mapping);
    }
    page_table_destroy(&space->table);
}

static struct vm_mapping *find_locked(struct vm_space *space, vaddr_t address)
{
    struct vm_mapping *last = space->last;
    if (last != NULL && address - last->start < last->end - last->start) {
        return last;
    }
    struct vm_mapping *mapping = mapping_find(&space->mappings, address);
    if (mapping != NULL) {
        space->last = mapping;
    }
    return mapping;
}

static j6_status_t fault_locked(struct vm_space *space, struct vm_mapping *mapping, vaddr_t address)
{
    if (!mapping->linked || address - mapping->start >= mapping->end - mapping->start) {
        return j6_err_bad_address;
    }
    paddr_t page;
    uint64_t offset = address - mapping->start + mapping->offset;
    j6_status_t status = vm_area_page_locked(mapping->area, offset, &page);
    if (status == j6_err_out_of_range || status == j6_err_bad_state) {
        return j6_err_bad_address;
    }
    if (status == j6_status_ok) {
        spinlock_lock(&space->table_lock);
        status = page_table_set(&space->table, page_down(address), page, mapping->page_bits);
        spinlock_unlock(&space->table_lock);
    }
    return status;
}

j6_status_t vm_space_fault(struct vm_space *space, vaddr_t address, enum vm_access access)
{
    spinlock_lock(&space->lock);
    struct vm_mapping *mapping = find_locked(space, address);
    spinlock_unlock(&space->lock);
    if (mapping == NULL || !(mapping->flags & access)) {
        return j6_err_bad_address;
    }
    spinlock_lock(&mapping->area->lock);
    j6_status_t status = fault_locked(space, mapping, address);
    spinlock_unlock(&mapping->area->lock);
    return status;
}

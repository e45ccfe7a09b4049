/* SPDX-License-Identifier: MIT */
/* Areas: making and ending them, and their lock. Their pages: vm_pages.c. */
#include "mm/vm_area.h"
#include "arch/arch.h"
#include "arch/tlb.h"
#include "arch/upcall.h"
#include "lib/container.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/page_batch.h"
#include "mm/slab.h"

SLAB_CACHE(area_cache, "vm_area", struct vm_area);

struct vm_area *vm_area_of(struct kobject *object)
{
    return container_of(object, struct vm_area, object);
}

void vm_area_backing_release(struct vm_area *area)
{
    if (area->backing != NULL) {
        area->backing->release(area->backing);
    }
}

/*
 * Nothing maps it any more. Who found it before its last reference went may still look at it under
 * its lock; without a size it has no page to give, and takes none.
 */
static void area_destroy(struct kobject *object)
{
    struct vm_area *area = vm_area_of(object);
    vm_area_lock(area);
    assert(view_first(&area->views, 0, UINT64_MAX) == NULL);
    area->size = 0;
    vm_area_unlock(area);
    uint64_t pages = page_tree_pages(&area->pages);
    while (page_tree_drop_step(&area->pages)) {
        kernel_step_point();
    }
    account_uncharge(object->account, ACCOUNT_MEMORY, pages * PAGE_SIZE);
    if (!area->revoked) {
        vm_area_backing_release(area);
    }
}

static void area_free(struct kobject *object)
{
    slab_free(&area_cache, vm_area_of(object));
}

static const struct kobject_type area_type = {
    .name = "vma",
    .number = j6_type_vma,
    .rank = RANK_OBJECT,
    .size = SLAB_COST(sizeof(struct vm_area)),
    .destroy = area_destroy,
    .free = area_free,
};

static j6_status_t area_create(struct account *account, enum vm_area_kind kind, uint64_t size,
                               uint32_t flags, struct vm_area **out_area)
{
    if (size == 0 || size > VM_AREA_MAX_SIZE) {
        return j6_err_out_of_range;
    }
    struct vm_area *area = slab_alloc_zeroed(&area_cache);
    if (area == NULL) {
        return j6_err_no_memory;
    }
    j6_status_t status = kobject_init(&area->object, &area_type, account);
    if (status != j6_status_ok) {
        slab_free(&area_cache, area);
        return status;
    }
    area->kind = kind;
    area->flags = flags;
    area->size = page_up(size);
    spinlock_init(&area->lock, RANK_AREA);
    view_set_init(&area->views);
    list_init(&area->followers);
    *out_area = area;
    return j6_status_ok;
}

static void set_caching(struct vm_area *area, uint32_t page_flags)
{
    uint32_t read = PAGE_USER | page_flags;
    area->page_flags = page_flags;
    area->page_bits.read = page_bits(read);
    area->page_bits.write = page_bits(read | PAGE_WRITE);
    area->page_bits.exec = page_bits(read | PAGE_EXEC);
}

j6_status_t vm_area_create_open(struct account *account, uint64_t size, uint32_t flags,
                                struct vm_area **out_area)
{
    j6_status_t status = area_create(account, VM_AREA_OPEN, size, flags, out_area);
    if (status == j6_status_ok) {
        set_caching(*out_area, page_memory_caching);
    }
    return status;
}

j6_status_t vm_area_create_fixed(struct account *account, paddr_t physical, uint64_t size,
                                 uint32_t page_flags, struct vm_area **out_area)
{
    j6_status_t status = area_create(account, VM_AREA_FIXED, size, j6_vma_flag_revocable, out_area);
    if (status == j6_status_ok) {
        (*out_area)->physical = physical;
        set_caching(*out_area, page_flags);
    }
    return status;
}

void vm_area_set_backing(struct vm_area *area, struct vm_backing *backing)
{
    area->backing = backing;
}

j6_status_t vm_area_physical(struct vm_area *area, paddr_t *out_start, uint64_t *out_size)
{
    spinlock_lock(&area->lock);
    bool revoked = area->revoked;
    spinlock_unlock(&area->lock);
    if (area->kind != VM_AREA_FIXED || revoked) {
        return j6_err_bad_state;
    }
    *out_start = area->physical;
    *out_size = area->size;
    return j6_status_ok;
}

j6_status_t vm_area_adopt(struct account *account, paddr_t physical, uint64_t size,
                          struct vm_area **out_area)
{
    struct vm_area *area;
    j6_status_t status = account_charge(account, ACCOUNT_MEMORY, page_up(size));
    if (status != j6_status_ok) {
        return status;
    }
    status = vm_area_create_open(account, size, 0, &area);
    if (status != j6_status_ok) {
        account_uncharge(account, ACCOUNT_MEMORY, page_up(size));
        return status;
    }
    uint64_t offset = 0;
    while (offset < area->size && status == j6_status_ok) {
        frame_adopt(physical + offset);
        status = page_tree_insert(&area->pages, offset >> PAGE_SHIFT, physical + offset);
        offset += PAGE_SIZE;
    }
    if (status != j6_status_ok) {
        frame_put(physical + offset - PAGE_SIZE);
        account_uncharge(account, ACCOUNT_MEMORY, area->size - (offset - PAGE_SIZE));
        kobject_put(&area->object);
        return status;
    }
    memset((char *)phys_to_virt(physical) + size, 0, area->size - size);
    *out_area = area;
    return j6_status_ok;
}

/* Looks without the lock: the one who is waited for needs it, and may never get it from who takes it
 * over and over. */
void vm_area_wait_locked(struct vm_area *area)
{
    while (area->unflushed != 0) {
        spinlock_unlock(&area->lock);
        do {
            arch_spin_pause(); /* answers the one who waits for us */
        } while (atomic_load_explicit(&area->unflushed, memory_order_relaxed) != 0);
        spinlock_lock(&area->lock);
    }
}

void vm_area_finish_locked(struct vm_area *area, struct page_batch *batch)
{
    bool remote = page_batch_is_remote(batch);
    if (remote) {
        area->unflushed++;
    }
    spinlock_unlock(&area->lock);
    page_batch_finish(batch);
    if (remote) {
        spinlock_lock(&area->lock);
        area->unflushed--;
        spinlock_unlock(&area->lock);
    }
}

bool vm_area_holds(struct vm_area *area, uint64_t offset, uint64_t len)
{
    spinlock_lock(&area->lock);
    bool holds = offset <= area->size && len <= area->size - offset;
    spinlock_unlock(&area->lock);
    return holds;
}

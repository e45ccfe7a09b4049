/* SPDX-License-Identifier: MIT */
/* Areas: making and ending them, their pages, and copies in and out. Resizing: vm_resize.c. */
#include "mm/vm_area.h"
#include "arch/layout.h"
#include "arch/page_table.h"
#include "lib/container.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/slab.h"
#include "mm/vm_map.h"

SLAB_CACHE(area_cache, "vm_area", struct vm_area);

struct vm_area *vm_area_of(struct kobject *object)
{
    return container_of(object, struct vm_area, object);
}

static void backing_release(struct vm_area *area)
{
    if (area->backing != NULL) {
        area->backing->release(area->backing);
    }
}

static void area_destroy(struct kobject *object)
{
    struct vm_area *area = vm_area_of(object);
    assert(list_is_empty(&area->mappings));
    uint64_t number = 0;
    size_t count;
    paddr_t pages[PAGE_BATCH_MAX];
    while ((count = page_tree_remove_step(&area->pages, &number, PAGE_TREE_PAGES, pages,
                                          PAGE_BATCH_MAX)) > 0) {
        for (size_t i = 0; i < count; i++) {
            frame_put(pages[i]);
        }
        account_uncharge(object->account, ACCOUNT_MEMORY, count * PAGE_SIZE);
    }
    if (!area->revoked) {
        backing_release(area);
    }
}

static void area_free(struct kobject *object)
{
    slab_free(&area_cache, vm_area_of(object));
}

static const struct kobject_type area_type = {
    .name = "vma",
    .number = j6_type_vma,
    .size = sizeof(struct vm_area),
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
    spinlock_init(&area->resize_lock, RANK_RESIZE);
    spinlock_init(&area->lock, RANK_AREA);
    list_init(&area->mappings);
    *out_area = area;
    return j6_status_ok;
}

j6_status_t vm_area_create_open(struct account *account, uint64_t size, uint32_t flags,
                                struct vm_area **out_area)
{
    j6_status_t status = area_create(account, VM_AREA_OPEN, size, flags, out_area);
    if (status == j6_status_ok) {
        (*out_area)->page_flags = page_memory_caching;
    }
    return status;
}

j6_status_t vm_area_create_fixed(struct account *account, paddr_t physical, uint64_t size,
                                 uint32_t page_flags, struct vm_area **out_area)
{
    j6_status_t status = area_create(account, VM_AREA_FIXED, size, j6_vma_flag_revocable, out_area);
    if (status == j6_status_ok) {
        (*out_area)->physical = physical;
        (*out_area)->page_flags = page_flags;
    }
    return status;
}

void vm_area_set_backing(struct vm_area *area, struct vm_backing *backing)
{
    area->backing = backing;
}

/* Right on one CPU alone: the mappings are looked at without a lock. */
void vm_area_revoke(struct vm_area *area)
{
    spinlock_lock(&area->lock);
    bool again = area->revoked;
    area->revoked = true;
    spinlock_unlock(&area->lock);
    if (again) {
        return;
    }
    struct list_node *node;
    while ((node = list_first(&area->mappings)) != NULL) {
        vm_mapping_destroy(container_of(node, struct vm_mapping, area_node));
    }
    backing_release(area);
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
    j6_status_t status = vm_area_create_open(account, size, 0, out_area);
    if (status != j6_status_ok) {
        return status;
    }
    struct vm_area *area = *out_area;
    for (uint64_t offset = 0; offset < area->size && status == j6_status_ok; offset += PAGE_SIZE) {
        status = account_charge(account, ACCOUNT_MEMORY, PAGE_SIZE);
        if (status == j6_status_ok) {
            status = page_tree_insert(&area->pages, offset >> PAGE_SHIFT, physical + offset);
        }
        frame_adopt(physical + offset);
    }
    memset((char *)phys_to_virt(physical) + size, 0, area->size - size);
    return status;
}

static j6_status_t page_make_locked(struct vm_area *area, uint64_t number, paddr_t *out_page)
{
    struct account *account = area->object.account;
    j6_status_t status = account_charge(account, ACCOUNT_MEMORY, PAGE_SIZE);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_err_no_memory;
    paddr_t page = frame_alloc();
    if (page != 0) {
        memset(phys_to_virt(page), 0, PAGE_SIZE); /* before anybody can find it */
        status = page_tree_insert(&area->pages, number, page);
        if (status == j6_status_ok) {
            *out_page = page;
            return j6_status_ok;
        }
        frame_free(page);
    }
    account_uncharge(account, ACCOUNT_MEMORY, PAGE_SIZE);
    return status;
}

j6_status_t vm_area_page_locked(struct vm_area *area, uint64_t offset, paddr_t *out_page)
{
    if (offset >= area->size) {
        return j6_err_out_of_range;
    }
    if (area->revoked) {
        return j6_err_bad_state;
    }
    if (area->kind == VM_AREA_FIXED) {
        *out_page = area->physical + page_down(offset);
        return j6_status_ok;
    }
    paddr_t page = page_tree_find(&area->pages, offset >> PAGE_SHIFT);
    if (page == 0) {
        return page_make_locked(area, offset >> PAGE_SHIFT, out_page);
    }
    *out_page = page;
    return j6_status_ok;
}

j6_status_t vm_area_page_get(struct vm_area *area, uint64_t offset, paddr_t *out_page)
{
    if (area->kind == VM_AREA_FIXED) {
        return j6_err_bad_state;
    }
    spinlock_lock(&area->lock);
    j6_status_t status = vm_area_page_locked(area, offset, out_page);
    if (status == j6_status_ok) {
        frame_get(*out_page);
    }
    spinlock_unlock(&area->lock);
    return status;
}

bool vm_area_holds(struct vm_area *area, uint64_t offset, uint64_t len)
{
    spinlock_lock(&area->lock);
    bool holds = offset <= area->size && len <= area->size - offset;
    spinlock_unlock(&area->lock);
    return holds;
}

j6_status_t vm_area_write(struct vm_area *area, uint64_t offset, const void *data, uint64_t len)
{
    assert(area->kind == VM_AREA_OPEN);
    for (uint64_t done = 0, piece; done < len; done += piece) {
        uint64_t at = offset + done;
        paddr_t page;
        j6_status_t status = vm_area_page_get(area, at, &page);
        if (status != j6_status_ok) {
            return status;
        }
        piece = PAGE_SIZE - at % PAGE_SIZE;
        piece = len - done < piece ? len - done : piece;
        memcpy((char *)phys_to_virt(page) + at % PAGE_SIZE, (const char *)data + done, piece);
        frame_put(page);
    }
    return j6_status_ok;
}

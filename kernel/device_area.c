/* SPDX-License-Identifier: MIT */
/* What stands behind a fixed area: the claim or the frames, and the tie to the system object. */
#include "kernel/device_area.h"
#include "arch/upcall.h"
#include "arch/page_table.h"
#include "kernel/handle.h"
#include "lib/bits.h"
#include "mm/frame.h"
#include "mm/physical.h"
#include "mm/slab.h"
#include <j6/rights.h>

static const uint64_t caching_flags = j6_vma_flag_write_combine | j6_vma_flag_uncached;

struct device_area {
    struct vm_backing backing;
    struct account *account; /* a reference */
    struct system *system;   /* a reference */
    struct system_grant grant;
    struct physical_claim claim; /* start == end: none */
    paddr_t dma;                 /* frames of its own; 0: none */
    uint64_t size;
    struct grace_item grace;
};

SLAB_CACHE(device_cache, "device_area", struct device_area);

#define DEVICE_COST SLAB_COST(sizeof(struct device_area))

/* Later than the release: a system object that ends here isn't ended from within the area's end. */
static void device_free(struct grace_item *item)
{
    struct device_area *device = container_of(item, struct device_area, grace);
    struct account *account = device->account;
    kobject_put(&device->system->object);
    slab_free(&device_cache, device);
    account_uncharge(account, ACCOUNT_MEMORY, DEVICE_COST);
    account_put(account);
}

/* Frames of DMA memory are worked on in steps of so many. */
enum { STEP_PAGES = 64 };

static void step_at(uint64_t done)
{
    if (done % (STEP_PAGES * PAGE_SIZE) == 0) {
        kernel_step_point();
    }
}

static void dma_clear(const struct device_area *device)
{
    for (uint64_t done = 0; done < device->size; done += PAGE_SIZE) {
        page_clear(phys_to_virt(device->dma + done));
        step_at(done);
    }
}

static void dma_free(struct device_area *device)
{
    for (uint64_t done = 0; done < device->size; done += PAGE_SIZE) {
        frame_put(device->dma + done);
        step_at(done);
    }
    account_uncharge(device->account, ACCOUNT_MEMORY, device->size);
}

static void device_release(struct vm_backing *backing)
{
    struct device_area *device = container_of(backing, struct device_area, backing);
    system_grant_remove(&device->grant);
    if (device->dma != 0) {
        dma_free(device);
    }
    if (device->claim.start != device->claim.end) {
        physical_release(&device->claim);
    }
    grace_defer(&device->grace, device_free);
}

static j6_status_t device_create(struct system *system, struct account *account, uint64_t size,
                                 struct device_area **out_device)
{
    j6_status_t status = account_charge(account, ACCOUNT_MEMORY, DEVICE_COST);
    if (status != j6_status_ok) {
        return status;
    }
    struct device_area *device = slab_alloc_zeroed(&device_cache);
    status = j6_err_no_memory;
    if (device == NULL) {
        goto give_up_charge;
    }
    status = j6_status_closed;
    if (!kobject_try_get(&system->object)) {
        goto give_up_memory;
    }
    account_get(account);
    device->backing.release = device_release;
    device->account = account;
    device->system = system;
    device->size = size;
    *out_device = device;
    return j6_status_ok;

give_up_memory:
    slab_free(&device_cache, device);
give_up_charge:
    account_uncharge(account, ACCOUNT_MEMORY, DEVICE_COST);
    return status;
}

static bool is_tables(const struct device_request *request)
{
    return !(request->flags & j6_vma_flag_dma) &&
           physical_kind(request->phys, request->phys + request->size) == PHYSICAL_TABLES;
}

static uint32_t caching_of(const struct device_request *request)
{
    if (request->flags & j6_vma_flag_dma) {
        return page_memory_caching;
    }
    if (request->flags & caching_flags) {
        return request->flags & j6_vma_flag_uncached ? PAGE_UNCACHED : PAGE_WRITE_COMBINE;
    }
    return is_tables(request) ? PAGE_WRITE_THROUGH : PAGE_WRITE_BACK;
}

static j6_status_t dma_alloc(struct device_area *device, paddr_t limit)
{
    j6_status_t status = account_charge(device->account, ACCOUNT_MEMORY, device->size);
    if (status != j6_status_ok) {
        return status;
    }
    device->dma = frame_alloc_below(device->size >> PAGE_SHIFT, limit);
    if (device->dma == 0) {
        account_uncharge(device->account, ACCOUNT_MEMORY, device->size);
        return j6_err_no_memory;
    }
    dma_clear(device);
    return j6_status_ok;
}

static bool flags_ok(uint64_t flags)
{
    uint64_t caching = flags & caching_flags;
    return (flags & ~(caching_flags | j6_vma_flag_revocable | j6_vma_flag_dma)) == 0 &&
           caching != caching_flags && !(caching != 0 && (flags & j6_vma_flag_dma));
}

j6_status_t device_request_check(const struct system *system, const struct device_request *request)
{
    uint64_t phys = request->phys;
    uint64_t size = request->size;
    if (!is_aligned(phys | size, PAGE_SIZE) || size == 0 || !flags_ok(request->flags)) {
        return j6_err_invalid_arg;
    }
    if (request->flags & j6_vma_flag_dma) {
        return system_check(system, j6_range_dma, 0, 1);
    }
    if (phys >= physical_limit || size > physical_limit - phys) {
        return j6_err_out_of_range;
    }
    j6_status_t status = system_check(system, j6_range_phys, phys, size);
    if (status == j6_status_ok && physical_kind(phys, phys + size) == PHYSICAL_KERNEL) {
        status = j6_err_denied;
    }
    return status;
}

uint64_t device_area_rights(const struct device_request *request)
{
    uint64_t all = handle_all_rights(j6_type_vma);
    return is_tables(request) ? all & ~(j6_right_vma_write | j6_right_vma_exec) : all;
}

static void area_revoke(struct kobject *owner)
{
    vm_area_revoke(vm_area_of(owner));
}

/* Once there is an area, its end gives the device up. */
static j6_status_t area_create(struct device_area *device, paddr_t phys, uint32_t caching,
                               struct vm_area **out_area)
{
    struct vm_area *area;
    j6_status_t status = vm_area_create_fixed(device->account, phys, device->size, caching, &area);
    if (status != j6_status_ok) {
        device_release(&device->backing);
        return status;
    }
    vm_area_set_backing(area, &device->backing);
    device->grant.owner = &area->object;
    device->grant.revoke = area_revoke;
    status = system_grant_add(device->system, &device->grant);
    if (status != j6_status_ok) {
        kobject_put(&area->object);
        return status;
    }
    *out_area = area;
    return j6_status_ok;
}

j6_status_t device_area_create(struct system *system, struct account *account,
                               const struct device_request *request, struct vm_area **out_area)
{
    struct device_area *device;
    j6_status_t status = device_create(system, account, request->size, &device);
    if (status != j6_status_ok) {
        return status;
    }
    uint32_t caching = caching_of(request);
    if (request->flags & j6_vma_flag_dma) {
        status = dma_alloc(device, request->phys);
    } else {
        status =
            physical_claim(&device->claim, request->phys, request->phys + request->size, caching);
    }
    if (status != j6_status_ok) {
        device_release(&device->backing);
        return status;
    }
    return area_create(device, device->dma != 0 ? device->dma : request->phys, caching, out_area);
}

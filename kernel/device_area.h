/* SPDX-License-Identifier: MIT */
/*
 * Areas of device memory, and of contiguous memory for DMA: fixed areas made through a system object,
 * which can be revoked, and are when the object is closed.
 *
 * Rules: device memory is outside of RAM, with one caching type for each page whoever maps it; the
 * firmware's tables can be read alone, in the type of the offset map. A DMA area is RAM, cleared, and
 * charged. Both are given up when the area is revoked or ends.
 */
#pragma once
#include "kernel/system.h"
#include "mm/vm_area.h"

/* The arguments of system_map_phys. */
struct device_request {
    paddr_t phys;  /* with j6_vma_flag_dma: an address that the area must end at or below; 0: any */
    uint64_t size; /* bytes */
    uint64_t flags;
};

/*
 * May the caller have this through the system object? In this order: invalid_arg (alignment, size 0,
 * flags), out_of_range (addresses that the CPU doesn't have), denied (not within the system object's
 * ranges), closed, denied (memory, interrupt controllers).
 */
j6_status_t device_request_check(const struct system *system,
                                 const struct device_request *request) J6_MUST_USE;

/*
 * Makes the area of a request that was checked. The caller gets a reference. closed, collision (mapped
 * with another type), quota, no_memory.
 */
j6_status_t device_area_create(struct system *system, struct account *account,
                               const struct device_request *request,
                               struct vm_area **out_area) J6_MUST_USE;

/* The rights that its first handle has. */
uint64_t device_area_rights(const struct device_request *request);

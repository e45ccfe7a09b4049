/* SPDX-License-Identifier: MIT */
/*
 * The region of device maps: addresses are handed out upwards and never come back, so a caller's
 * stretch is its own before anything is mapped.
 */
#include "arch/layout.h"
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "mm/physical.h"
#include "mm/vm_space.h"
#include <stdatomic.h>

static _Atomic vaddr_t device_next = DEVICES_BASE;

/* 0 when the region is full. */
static vaddr_t addresses_take(uint64_t size)
{
    vaddr_t base = atomic_load(&device_next);
    do {
        if (size > DEVICES_BASE + DEVICES_SIZE - base) {
            return 0;
        }
    } while (!atomic_compare_exchange_weak(&device_next, &base, base + size));
    return base;
}

static j6_status_t map_page(vaddr_t at, paddr_t page, page_bits_t bits)
{
    spinlock_lock(&kernel_space.table_lock);
    j6_status_t status = page_table_set(&kernel_page_table, at, page, bits, NULL);
    spinlock_unlock(&kernel_space.table_lock);
    return status;
}

void *device_map_as(paddr_t address, size_t size, uint32_t page_flags)
{
    paddr_t start = page_down(address);
    if (size > DEVICES_SIZE - PAGE_SIZE || address + size < address ||
        physical_claim_for_good(start, page_up(address + size), page_flags) != j6_status_ok) {
        return NULL;
    }
    uint64_t mapped = page_up(address + size) - start;
    vaddr_t base = addresses_take(mapped);
    if (base == 0) {
        return NULL;
    }
    for (uint64_t at = 0; at < mapped; at += PAGE_SIZE) {
        if (map_page(base + at, start + at, page_bits(PAGE_WRITE | PAGE_GLOBAL | page_flags)) !=
            j6_status_ok) {
            return NULL;
        }
    }
    return (void *)(base + (address - start));
}

void *device_map(paddr_t address, size_t size)
{
    return device_map_as(address, size, PAGE_UNCACHED);
}

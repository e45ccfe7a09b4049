/* SPDX-License-Identifier: MIT */
/*
 * What physical addresses stand for, and who maps them how: a page is never mapped with two caching
 * types.
 *
 * Rules: what isn't memory is mapped only under a claim that names its caching type, and claims that
 * overlap have the same type. Memory and the firmware's tables have the type of the offset map, which
 * stands for ever. Claims and ranges are whole pages. Any context; the claims' lock is a leaf.
 */
#pragma once
#include "arch/boot_info.h"
#include "lib/avl.h"
#include <j6/status.h>
#include <stddef.h>

enum physical_kind {
    PHYSICAL_DEVICE, /* registers, a framebuffer, nothing at all */
    PHYSICAL_TABLES, /* ACPI's tables and its NVS: to be read, write-through */
    PHYSICAL_KERNEL, /* memory, interrupt controllers: nobody else's */
};

/* A mapping of device memory. Embedded in whoever maps. */
struct physical_claim {
    /* Immutable while it stands */
    paddr_t start;
    paddr_t end;
    uint32_t caching; /* PAGE_…, of enum page_flags */
    /* Guarded by the lock in physical.c */
    struct avl_node node; /* its value: `end` */
};

/* Addresses from here on don't exist. */
extern paddr_t physical_limit;

/* Takes note of the machine's memory and tables, before anything is claimed. */
void physical_init(const struct boot_info *boot, paddr_t limit);

/*
 * The firmware's tables lie here, in a range that the boot loader called reserved. There is room for
 * some; who maps tables that aren't noted gets what is asked for, or a collision with the kernel.
 */
void physical_add_tables(paddr_t start, paddr_t end);

/* The last of the kinds that a range has a page of. */
enum physical_kind physical_kind(paddr_t start, paddr_t end);

/* Stands until it is released. collision: a page of the range is mapped with another type. */
j6_status_t physical_claim(struct physical_claim *claim, paddr_t start, paddr_t end,
                           uint32_t caching) J6_MUST_USE;
void physical_release(struct physical_claim *claim);

/* The kernel's own mapping, which is never released. collision, no_memory. */
j6_status_t physical_claim_for_good(paddr_t start, paddr_t end, uint32_t caching) J6_MUST_USE;

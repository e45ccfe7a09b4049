/* SPDX-License-Identifier: MIT */
/* What the tests of system objects and of device memory share. */
#pragma once
#include "userland/test/main/util.h"

/* Physical addresses that every PC has. */
enum {
    PHYS_VGA = 0xa0000,      /* 64 KiB, the window into graphics memory; the kernel never maps it */
    PHYS_RAM = 0x100000,     /* the second MiB */
    PHYS_APIC = 0xfee00000u, /* the local APIC */
};

/* A system object with that one range, made from `from`. */
j6_handle_t restricted(j6_handle_t from, uint32_t kind, uint64_t first, uint64_t count);

/* The ports are this program's, too, until the system object that comes back is closed. */
j6_handle_t ports_open(uint64_t first, uint64_t count);
void ports_close(j6_handle_t ports);

/* An area of physical memory, or of DMA memory; 0 after a failed expectation. */
j6_handle_t phys_area(j6_handle_t system, uint64_t phys, uint64_t pages, uint64_t flags);

/* What the call answers; an area that it makes nevertheless is closed. */
j6_status_t try_map_phys(j6_handle_t system, uint64_t phys, uint64_t size, uint64_t flags);

/*
 * A victim of few pages, which gets the system object with those rights, uses them up in that mode:
 * does it end with quota?
 */
void expect_charged(const char *mode, uint64_t rights);

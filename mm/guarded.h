/* SPDX-License-Identifier: MIT */
/*
 * Guarded areas: a region of the kernel half cut into sections of a fixed number of pages, each with
 * an unmapped guard page before it. Kernel stacks, channel buffers and the blocks of CPUs live in such
 * areas. Pages are there from the start, so a section never faults.
 *
 * Rules: sections are given back with nothing of them in use on any CPU. No lock is held.
 */
#pragma once
#include "kernel/base/alloc_site.h"
#include "mm/vm_area.h"

struct guarded_area {
    struct vm_area area; /* all of the region */
    /* Immutable */
    vaddr_t base;
    uint64_t section_pages;
    uint64_t sections; /* how many there can be */
    /* Guarded by the area's lock */
    uint64_t *used; /* a bit for each section */
    uint64_t hint;  /* no section below is free */
};

#define GUARDED_AREA_INIT(the_size)                                                    \
    {                                                                                  \
        .kind = VM_AREA_GUARDED, .lock = SPINLOCK_INIT(RANK_AREA), .size = (the_size), \
    }

extern struct guarded_area kernel_stacks;
extern struct guarded_area kernel_buffers;
extern struct guarded_area kernel_cpu_blocks;

/* Maps a section; *out_start is the lowest address of its pages. no_memory. */
j6_status_t guarded_alloc(struct guarded_area *area, vaddr_t *out_start) J6_MUST_USE;
#define guarded_alloc(area, out_start) ALLOC_SITE(j6_err_no_memory, guarded_alloc(area, out_start))

/* The same with the first page alone, and the page behind those that it has. no_memory. */
j6_status_t guarded_alloc_first(struct guarded_area *area, vaddr_t *out_start) J6_MUST_USE;
#define guarded_alloc_first(area, out_start) \
    ALLOC_SITE(j6_err_no_memory, guarded_alloc_first(area, out_start))
j6_status_t guarded_grow(vaddr_t end) J6_MUST_USE;
#define guarded_grow(end) ALLOC_SITE(j6_err_no_memory, guarded_grow(end))

void guarded_free(struct guarded_area *area, vaddr_t start);

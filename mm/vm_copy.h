/* SPDX-License-Identifier: MIT */
/*
 * Copies between user memory and areas, or other processes' memory, from page to page without a
 * buffer in between. A page is copied under its area's lock by the copy that doesn't fault; where
 * that stops, the caller's own page is brought in without a lock, and the copy goes on.
 *
 * Rules: the caller's space is loaded, no lock is held, and references to area and space are: copies
 * go in steps, but for vm_copy_at_once.
 */
#pragma once
#include "mm/user_copy.h"
#include "mm/vm_space.h"

#define VM_COPY_AT_ONCE 65536

/* In bytes, of any alignment: user memory on one side, an area or a space on the other. */
struct vm_copy {
    struct user_ptr user;
    bool user_is_kernel; /* it is memory of the kernel, to be written into the area or space */
    bool write;          /* from user memory into the area or space */
    uint64_t len;
    struct vm_area *area;   /* NULL: a space */
    struct vm_space *space; /* NULL: an area */
    uint64_t start;         /* offset into the area, or address in the space */
    uint64_t done;          /* begins with 0 */
    bool user_failed;       /* what failed was the user memory */
};

/*
 * Copies; `done` tells how many bytes, whatever the status, and they are in place up to there
 * exactly. bad_address: the caller's memory; quota, no_memory; cancelled (the caller was killed).
 *
 * An area: out_of_range, bad_state (a fixed or revoked one). Holes are read as zeros.
 * A space, as its own threads could read and write it: bad_address, also for device memory.
 */
j6_status_t vm_copy(struct vm_copy *copy) J6_MUST_USE;

/* The same of at most VM_COPY_AT_ONCE bytes without step points. */
j6_status_t vm_copy_at_once(struct vm_copy *copy) J6_MUST_USE;

/* Copies kernel memory into an open area. out_of_range, quota, no_memory. */
j6_status_t vm_area_write(struct vm_area *area, uint64_t offset, const void *data,
                          uint64_t len) J6_MUST_USE;

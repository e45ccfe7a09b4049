/* SPDX-License-Identifier: MIT */
/*
 * Copies between user memory and areas, or other processes' memory, from page to page without a
 * buffer in between. A page is copied under its area's lock by the copy that doesn't fault; where
 * that stops, the caller's own page is brought in without a lock, and the copy goes on.
 *
 * Rules: the caller's space is loaded, no lock is held, and references to area and space are: copies
 * go in steps. *done tells how many bytes were copied, whatever the status; bytes are in place up to
 * there exactly.
 */
#pragma once
#include "mm/user_copy.h"
#include "mm/vm_space.h"

/*
 * In bytes, of any alignment. bad_address: the caller's memory. out_of_range, bad_state (a fixed or
 * revoked area), quota, no_memory; cancelled (the caller was killed). Holes are read as zeros.
 */
j6_status_t vm_area_read_user(struct vm_area *area, uint64_t offset, struct user_ptr to,
                              uint64_t len, uint64_t *done) J6_MUST_USE;
j6_status_t vm_area_write_user(struct vm_area *area, uint64_t offset, struct user_ptr from,
                               uint64_t len, uint64_t *done) J6_MUST_USE;

/*
 * Memory of a space, as its own threads could read and write it. bad_address: the caller's memory or
 * the space's, of which device memory is none; quota, no_memory, cancelled.
 */
j6_status_t vm_space_read_user(struct vm_space *space, vaddr_t address, struct user_ptr to,
                               uint64_t len, uint64_t *done) J6_MUST_USE;
j6_status_t vm_space_write_user(struct vm_space *space, vaddr_t address, struct user_ptr from,
                                uint64_t len, uint64_t *done) J6_MUST_USE;

/* Copies kernel memory into an open area. out_of_range, quota, no_memory. */
j6_status_t vm_area_write(struct vm_area *area, uint64_t offset, const void *data,
                          uint64_t len) J6_MUST_USE;

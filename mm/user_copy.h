/* SPDX-License-Identifier: MIT */
/*
 * The only way to user memory. A struct user_ptr can't be dereferenced; these routines check the
 * whole range first, survive faults, and bring absent pages in.
 *
 * Rules: the caller's space is loaded and no lock is held. Each user word is read once: copy, then
 * look at the copy. Source: SMAP, Intel SDM vol. 3, §4.6.
 */
#pragma once
#include "arch/layout.h"
#include <j6/status.h>
#include <stdbool.h>
#include <stddef.h>

struct user_ptr {
    vaddr_t address;
};

static inline struct user_ptr user_ptr_add(struct user_ptr pointer, uint64_t bytes)
{
    return (struct user_ptr){pointer.address + bytes};
}

/* Is [pointer, pointer + len) inside of the user half? */
static inline bool user_range_ok(struct user_ptr pointer, uint64_t len)
{
    return pointer.address >= USER_START && pointer.address <= USER_END &&
           len <= USER_END - pointer.address;
}

/* Why the fault of a copy that is under way couldn't be mended; the trap code's word to it. */
void user_copy_failed(j6_status_t status);

/* bad_address if a byte can't be read or written; what came before it has been copied. quota,
 * no_memory if a page for it can't be had. */
j6_status_t user_copy_in(void *dst, struct user_ptr src, uint64_t len) J6_MUST_USE;
j6_status_t user_copy_out(struct user_ptr dst, const void *src, uint64_t len) J6_MUST_USE;

/* The same; *done tells how many bytes were copied. */
j6_status_t user_copy_in_part(void *dst, struct user_ptr src, uint64_t len,
                              uint64_t *done) J6_MUST_USE;
j6_status_t user_copy_out_part(struct user_ptr dst, const void *src, uint64_t len,
                               uint64_t *done) J6_MUST_USE;

/*
 * Reads an aligned word in one access, if its page is there; locks may be held. The range has been
 * checked.
 */
bool user_peek32(struct user_ptr pointer, uint32_t *out_word) J6_MUST_USE;

/*
 * Can a result of a call, at most a page, be written there? To be asked before anything is done. The
 * bytes stay as they are; pages are brought in. bad_address, quota, no_memory.
 */
j6_status_t user_probe_out(struct user_ptr dst, uint64_t len) J6_MUST_USE;

/* Reads a length, or another word, that is to be written back: where that can be done. */
j6_status_t user_load_inout(struct user_ptr pointer, uint64_t *out_word) J6_MUST_USE;
j6_status_t user_store(struct user_ptr dst, uint64_t word) J6_MUST_USE;

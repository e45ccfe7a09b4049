/* SPDX-License-Identifier: MIT */
/*
 * Memory of streams: a section of the guarded buffers for each, of which the first pages are there.
 *
 * Rules: an account is charged for exactly the pages that are there. No lock is held.
 */
#pragma once
#include "kernel/base/account.h"
#include "lib/page.h"

/* One page. quota, no_memory. */
j6_status_t stream_memory_alloc(struct account *account, uint8_t **out_bytes) J6_MUST_USE;

/* Adds pages behind the `size` bytes that are there until there are `wanted`; tells how many there are. */
uint64_t stream_memory_grow(struct account *account, const uint8_t *bytes, uint64_t size,
                            uint64_t wanted);

void stream_memory_free(struct account *account, uint8_t *bytes, uint64_t size);

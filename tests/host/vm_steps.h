/* SPDX-License-Identifier: MIT */
/* Steps of a story about areas and spaces: each is taken in kernel and model, and has to succeed. */
#pragma once
#include "tests/host/vm_model.h"
#include <test.h>
#include <test_assert.h>

#define RW    (j6_map_read | j6_map_write)
#define EXACT j6_map_exact
#define PAGE  PAGE_SIZE

/* A place that nothing chooses by itself. */
#define PLACE 0x123400000000ull

static inline void map(unsigned space, unsigned area, vaddr_t address, uint64_t offset,
                       uint64_t len, uint64_t flags)
{
    assert_int_equal(vm_model_map(space, area, &address, offset, len, flags), j6_status_ok);
    vm_model_check();
}

static inline void write(unsigned space, vaddr_t address, uint64_t value)
{
    assert_int_equal(vm_model_write(space, address, value), j6_status_ok);
}

static inline void expect_read(unsigned space, vaddr_t address, j6_status_t expected)
{
    assert_int_equal(vm_model_read(space, address), expected);
}

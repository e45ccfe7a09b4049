/* SPDX-License-Identifier: MIT */
/* A stack is one mapping whose lowest page then allows no access. */
#include "userland/lib/stack.h"
#include <j6/j6.h>

/* Works at each stage of the mapping: what isn't there is not_found. */
static void unmap_both(j6_handle_t area, j6_handle_t process, uint64_t base)
{
    j6_vma_unmap(area, process, base, 0);
    j6_vma_unmap(area, process, base + PAGE_SIZE, 0);
}

static j6_status_t map_with_guard(j6_handle_t area, j6_handle_t process, uint64_t *out_base)
{
    uint64_t base = 0;
    j6_status_t status = j6_vma_map(area, process, &base, 0, 0, j6_map_read | j6_map_write);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_vma_protect(area, process, base, PAGE_SIZE, 0);
    if (status != j6_status_ok) {
        unmap_both(area, process, base);
        return status;
    }
    *out_base = base;
    return j6_status_ok;
}

j6_status_t stack_map(j6_handle_t process, size_t size, struct stack *out_stack)
{
    if (size == 0 || size > STACK_SIZE_MAX) {
        return j6_err_out_of_range;
    }
    struct stack stack = {.size = stack_mapped_size(size)};
    j6_status_t status = j6_vma_create(stack.size, 0, &stack.area);
    if (status != j6_status_ok) {
        return status;
    }
    status = map_with_guard(stack.area, process, &stack.base);
    if (status != j6_status_ok) {
        j6_handle_close(stack.area);
        return status;
    }
    *out_stack = stack;
    return j6_status_ok;
}

void stack_unmap(j6_handle_t area, uint64_t base)
{
    unmap_both(area, j6_handle_self_process, base);
    j6_handle_close(area);
}

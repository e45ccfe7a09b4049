/* SPDX-License-Identifier: MIT */
/* A stack is one mapping whose lowest page allows no access. */
#include "userland/lib/stack.h"
#include <j6/j6.h>

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
    status = j6_vma_map(stack.area, process, &stack.base, 0, 0,
                        j6_map_read | j6_map_write | j6_map_guard);
    if (status != j6_status_ok) {
        j6_handle_close(stack.area);
        return status;
    }
    *out_stack = stack;
    return j6_status_ok;
}

void stack_unmap(j6_handle_t area, uint64_t base)
{
    j6_vma_unmap(area, j6_handle_self_process, base, 0);
    j6_handle_close(area);
}

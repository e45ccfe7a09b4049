/* SPDX-License-Identifier: MIT */
#include "mm/vm_peek.h"
#include "arch/arch.h"

static bool push(void *to, struct user_ptr from, uint64_t len)
{
    return arch_user_copy_in_now(to, (const void *)from.address, len) == 0;
}

bool vm_push_now(struct user_ptr from, const struct vm_space *space, vaddr_t to, uint64_t len)
{
    uint64_t room = PAGE_SIZE - (to & (PAGE_SIZE - 1));
    void *first = vm_peek(space, to, true);
    if (first == NULL) {
        return false;
    }
    if (len <= room) {
        return push(first, from, len);
    }
    void *second = vm_peek(space, to + room, true);
    return second != NULL && push(first, from, room) &&
           push(second, user_ptr_add(from, room), len - room);
}

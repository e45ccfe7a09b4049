/* SPDX-License-Identifier: MIT */
#include "ipc/stream_memory.h"
#include "mm/guarded.h"

j6_status_t stream_memory_alloc(struct account *account, uint8_t **out_bytes)
{
    j6_status_t status = account_charge(account, ACCOUNT_MEMORY, PAGE_SIZE);
    if (status != j6_status_ok) {
        return status;
    }
    vaddr_t start;
    status = guarded_alloc_first(&kernel_buffers, &start);
    if (status != j6_status_ok) {
        account_uncharge(account, ACCOUNT_MEMORY, PAGE_SIZE);
        return status;
    }
    *out_bytes = (uint8_t *)start;
    return j6_status_ok;
}

static bool page_add(struct account *account, vaddr_t end)
{
    if (account_charge(account, ACCOUNT_MEMORY, PAGE_SIZE) != j6_status_ok) {
        return false;
    }
    if (guarded_grow(end) != j6_status_ok) {
        account_uncharge(account, ACCOUNT_MEMORY, PAGE_SIZE);
        return false;
    }
    return true;
}

uint64_t stream_memory_grow(struct account *account, const uint8_t *bytes, uint64_t size,
                            uint64_t wanted)
{
    while (size < wanted && page_add(account, (vaddr_t)bytes + size)) {
        size += PAGE_SIZE;
    }
    return size;
}

void stream_memory_free(struct account *account, uint8_t *bytes, uint64_t size)
{
    guarded_free(&kernel_buffers, (vaddr_t)bytes);
    account_uncharge(account, ACCOUNT_MEMORY, size);
}

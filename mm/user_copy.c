/* SPDX-License-Identifier: MIT */
/* Range checks around the machine's copy loop (arch/x86_64/usercopy.asm). */
#include "mm/user_copy.h"
#include "arch/arch.h"
#include "kernel/base/spinlock.h"

static PER_CPU(j6_status_t, failure); /* of the copy that is under way */
static PER_CPU(bool, now);            /* it is one that doesn't bring pages in */

void user_copy_failed(j6_status_t status)
{
    *this_cpu(failure) = status;
}

bool user_range_ok(struct user_ptr pointer, uint64_t len)
{
    return pointer.address >= USER_START && pointer.address <= USER_END &&
           len <= USER_END - pointer.address;
}

j6_status_t user_copy_in_part(void *dst, struct user_ptr src, uint64_t len, uint64_t *done)
{
    assert(!spinlock_any_held());
    *done = 0;
    if (!user_range_ok(src, len)) {
        return j6_err_bad_address;
    }
    uint64_t left = arch_user_copy(dst, (const void *)src.address, len);
    *done = len - left;
    return left == 0 ? j6_status_ok : *this_cpu(failure);
}

j6_status_t user_copy_out_part(struct user_ptr dst, const void *src, uint64_t len, uint64_t *done)
{
    assert(!spinlock_any_held());
    *done = 0;
    if (!user_range_ok(dst, len)) {
        return j6_err_bad_address;
    }
    uint64_t left = arch_user_copy((void *)dst.address, src, len);
    *done = len - left;
    return left == 0 ? j6_status_ok : *this_cpu(failure);
}

j6_status_t user_copy_in(void *dst, struct user_ptr src, uint64_t len)
{
    uint64_t done;
    return user_copy_in_part(dst, src, len, &done);
}

j6_status_t user_copy_out(struct user_ptr dst, const void *src, uint64_t len)
{
    uint64_t done;
    return user_copy_out_part(dst, src, len, &done);
}

j6_status_t user_probe_out(struct user_ptr dst, uint64_t len)
{
    assert(!spinlock_any_held() && len != 0 && len <= PAGE_SIZE);
    if (!user_range_ok(dst, len)) {
        return j6_err_bad_address;
    }
    struct user_ptr last = user_ptr_add(dst, len - 1);
    bool writable = arch_user_touch((void *)dst.address) && arch_user_touch((void *)last.address);
    return writable ? j6_status_ok : *this_cpu(failure);
}

uint64_t user_copy_in_now(void *dst, struct user_ptr src, uint64_t len)
{
    *this_cpu(now) = true;
    uint64_t left = arch_user_copy(dst, (const void *)src.address, len);
    *this_cpu(now) = false;
    return len - left;
}

uint64_t user_copy_out_now(struct user_ptr dst, const void *src, uint64_t len)
{
    *this_cpu(now) = true;
    uint64_t left = arch_user_copy((void *)dst.address, src, len);
    *this_cpu(now) = false;
    return len - left;
}

bool user_copy_is_now(void)
{
    return *this_cpu(now);
}

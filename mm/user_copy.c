/* SPDX-License-Identifier: MIT */
/* Range checks around the machine's copy loop (arch/x86_64/usercopy.asm). */
#include "mm/user_copy.h"
#include "arch/arch.h"
#include "kernel/base/spinlock.h"

static PER_CPU(j6_status_t, failure); /* of the copy that is under way */

void user_copy_failed(j6_status_t status)
{
    *this_cpu(failure) = status;
}

j6_status_t user_copy_in_part(void *dst, struct user_ptr src, uint64_t len, uint64_t *done)
{
    spinlock_check_none_held();
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
    spinlock_check_none_held();
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

bool user_peek32(struct user_ptr pointer, uint32_t *out_word)
{
    return arch_user_load32_now((const void *)pointer.address, out_word);
}

j6_status_t user_probe_out(struct user_ptr dst, uint64_t len)
{
    spinlock_check_none_held();
    assert(len != 0 && len <= PAGE_SIZE);
    if (!user_range_ok(dst, len)) {
        return j6_err_bad_address;
    }
    struct user_ptr last = user_ptr_add(dst, len - 1);
    bool writable = arch_user_touch((void *)dst.address) && arch_user_touch((void *)last.address);
    return writable ? j6_status_ok : *this_cpu(failure);
}

j6_status_t user_load_inout(struct user_ptr pointer, uint64_t *out_word)
{
    spinlock_check_none_held();
    if (!user_range_ok(pointer, sizeof(*out_word))) {
        return j6_err_bad_address;
    }
    bool done = arch_user_load_inout((void *)pointer.address, out_word);
    return done ? j6_status_ok : *this_cpu(failure);
}

j6_status_t user_store(struct user_ptr dst, uint64_t word)
{
    spinlock_check_none_held();
    if (!user_range_ok(dst, sizeof(word))) {
        return j6_err_bad_address;
    }
    bool done = arch_user_store((void *)dst.address, word);
    return done ? j6_status_ok : *this_cpu(failure);
}

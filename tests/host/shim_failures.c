/* SPDX-License-Identifier: MIT */
/*
 * The sources themselves, read under other names; the names that others call count first. What a
 * slab takes from the frame allocator isn't counted: the slab's own failure stands for it.
 */
#include <test_failures.h>

#include "kernel/base/account.h"
#include "mm/frame.h"
#include "mm/slab.h"

/* As sites they call themselves. */
#undef frame_alloc
#undef slab_alloc
#undef slab_alloc_zeroed
#undef account_charge

paddr_t real_frame_alloc(void);
void *real_slab_alloc(struct slab_cache *cache);
void *real_slab_alloc_zeroed(struct slab_cache *cache);
j6_status_t real_account_charge(struct account *account, enum account_kind kind, uint64_t n);

#define frame_alloc real_frame_alloc
#include "mm/frame.c"
#undef frame_alloc
#define slab_alloc        real_slab_alloc
#define slab_alloc_zeroed real_slab_alloc_zeroed
#include "mm/slab.c"
#undef slab_alloc
#undef slab_alloc_zeroed
#define account_charge real_account_charge
#include "kernel/base/account.c"
#undef account_charge

int64_t test_steps_left = -1;

static bool fails_now(void)
{
    return test_steps_left >= 0 && test_steps_left-- == 0;
}

paddr_t frame_alloc(void)
{
    return fails_now() ? 0 : real_frame_alloc();
}

void *slab_alloc(struct slab_cache *cache)
{
    return fails_now() ? NULL : real_slab_alloc(cache);
}

void *slab_alloc_zeroed(struct slab_cache *cache)
{
    return fails_now() ? NULL : real_slab_alloc_zeroed(cache);
}

j6_status_t account_charge(struct account *account, enum account_kind kind, uint64_t n)
{
    return fails_now() ? j6_err_quota : real_account_charge(account, kind, n);
}

/* SPDX-License-Identifier: MIT */
/* One generator behind a lock. Without a hardware source the seed is the jitter of the time stamps. */
#include "kernel/base/random.h"
#include "arch/arch.h"
#include "kernel/base/log.h"
#include "kernel/base/spinlock.h"
#include "lib/random.h"

static struct spinlock lock = SPINLOCK_INIT(RANK_RANDOM);
static struct random generator; /* guarded by lock */

void random_start(void)
{
    uint64_t seed[8];
    bool hardware = arch_entropy(seed, sizeof(seed) / sizeof(seed[0]));
    spinlock_lock(&lock);
    random_reseed(&generator, seed, sizeof(seed));
    spinlock_unlock(&lock);
    if (!hardware) {
        log_warning("random  no hardware source: seeded from time stamps only");
    }
}

void random_bytes(void *buf, size_t len)
{
    spinlock_lock(&lock);
    random_fill(&generator, buf, len);
    spinlock_unlock(&lock);
}

uint64_t random_u64(void)
{
    uint64_t value;
    random_bytes(&value, sizeof(value));
    return value;
}

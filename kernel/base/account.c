/* SPDX-License-Identifier: MIT */
/* Accounts as described in account.h. Locks are taken one at a time on the way up. */
#include "kernel/base/account.h"
#include "arch/types.h"
#include <stddef.h>

void account_init_root(struct account *account, uint64_t memory)
{
    *account = (struct account){
        .lock = SPINLOCK_INIT(RANK_ACCOUNT),
        .left = {[ACCOUNT_MEMORY] = memory,
                 [ACCOUNT_HANDLES] = UINT64_MAX,
                 [ACCOUNT_THREADS] = UINT64_MAX,
                 [ACCOUNT_PROCESSES] = UINT64_MAX},
        .constant = true,
        .refs = 1,
    };
}

j6_status_t account_init_child(struct account *account, struct account *parent,
                               const struct j6_limits *limits,
                               void (*free)(struct account *account))
{
    bool constant = limits->flags & j6_limits_flag_constant;
    if (limits->priority < parent->priority || (constant && !parent->constant) ||
        limits->pages > UINT64_MAX / PAGE_SIZE) {
        return j6_err_quota;
    }
    *account = (struct account){
        .lock = SPINLOCK_INIT(RANK_ACCOUNT),
        .left = {[ACCOUNT_MEMORY] = limits->pages * PAGE_SIZE,
                 [ACCOUNT_HANDLES] = limits->handles,
                 [ACCOUNT_THREADS] = limits->threads,
                 [ACCOUNT_PROCESSES] = limits->processes},
        .parent = parent,
        .priority = (uint32_t)limits->priority,
        .constant = constant,
        .free = free,
        .refs = 1,
    };
    for (unsigned kind = 0; kind < ACCOUNT_KINDS; kind++) {
        j6_status_t status = account_charge(parent, kind, account->left[kind]);
        if (status != j6_status_ok) {
            while (kind-- > 0) {
                account_uncharge(parent, kind, account->left[kind]);
            }
            return status;
        }
    }
    account_get(parent);
    return j6_status_ok;
}

/* The account, or the nearest ancestor that hasn't ended; it is locked. */
static inline struct account *lock_live(struct account *account)
{
    spinlock_lock(&account->lock);
    while (account->ended) {
        spinlock_unlock(&account->lock);
        account = account->parent;
        spinlock_lock(&account->lock);
    }
    return account;
}

j6_status_t(account_charge)(struct account *account, enum account_kind kind, uint64_t n)
{
    account = lock_live(account);
    bool enough = account->left[kind] >= n;
    if (enough) {
        account->left[kind] -= n;
    }
    spinlock_unlock(&account->lock);
    return enough ? j6_status_ok : j6_err_quota;
}

void account_uncharge(struct account *account, enum account_kind kind, uint64_t n)
{
    account = lock_live(account);
    account->left[kind] += n;
    spinlock_unlock(&account->lock);
}

bool account_pass_now(struct account *from, struct account *to, enum account_kind kind, uint64_t n)
{
    if (from == to) {
        return true;
    }
    if (!spinlock_try(&from->lock)) {
        return false;
    }
    bool passed = false;
    if (spinlock_try(&to->lock)) {
        passed = !from->ended && !to->ended && to->left[kind] >= n;
        if (passed) {
            to->left[kind] -= n;
            from->left[kind] += n;
        }
        spinlock_end_try(&to->lock);
    }
    spinlock_end_try(&from->lock);
    return passed;
}

void account_left(struct account *account, uint64_t out_left[ACCOUNT_KINDS])
{
    account = lock_live(account);
    for (unsigned kind = 0; kind < ACCOUNT_KINDS; kind++) {
        out_left[kind] = account->left[kind];
    }
    spinlock_unlock(&account->lock);
}

static void account_end(struct account *account)
{
    uint64_t left[ACCOUNT_KINDS];
    spinlock_lock(&account->lock);
    for (unsigned kind = 0; kind < ACCOUNT_KINDS; kind++) {
        left[kind] = account->left[kind];
        account->left[kind] = 0;
    }
    account->ended = true;
    spinlock_unlock(&account->lock);
    for (unsigned kind = 0; kind < ACCOUNT_KINDS; kind++) {
        account_uncharge(account->parent, kind, left[kind]);
    }
}

void account_join(struct account *account)
{
    atomic_fetch_add_explicit(&account->users, 1, memory_order_relaxed);
}

void account_leave(struct account *account)
{
    bool last = atomic_fetch_sub_explicit(&account->users, 1, memory_order_acq_rel) == 1;
    if (last && account->parent != NULL) {
        account_end(account);
    }
}

void account_get(struct account *account)
{
    atomic_fetch_add_explicit(&account->refs, 1, memory_order_relaxed);
}

void account_put(struct account *account)
{
    while (atomic_fetch_sub_explicit(&account->refs, 1, memory_order_acq_rel) == 1) {
        struct account *parent = account->parent;
        account->free(account);
        account = parent;
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * Accounts: what processes may use. A child's account is cut out of its creator's, so the sum never
 * grows; when it ends, what is left falls back at once, and what is still charged falls back when
 * it is given up. What outlives its payer is the parent's affair: further charges go there too.
 *
 * Rules: a charge names the account that it was taken from, and holds a reference to it as long as
 * it stands (account_get/account_put). Any context, any lock of lower rank.
 */
#pragma once
#include "kernel/base/alloc_site.h"
#include "kernel/base/spinlock.h"
#include <j6/flags.h>
#include <j6/status.h>

enum account_kind {
    ACCOUNT_MEMORY, /* bytes: pages, page tables, kernel objects */
    ACCOUNT_HANDLES,
    ACCOUNT_THREADS,
    ACCOUNT_PROCESSES,
    ACCOUNT_KINDS,
};

struct account {
    struct spinlock lock;
    /* Guarded by lock */
    uint64_t left[ACCOUNT_KINDS];
    bool ended;
    /* Immutable after create */
    struct account *parent;
    uint32_t priority;                     /* the most urgent one allowed */
    bool constant;                         /* threads may have one that doesn't change */
    void (*free)(struct account *account); /* after the last reference */
    /* Atomic */
    _Atomic uint32_t refs;
    _Atomic uint32_t users; /* processes that draw on it and haven't ended */
};

/* Sets up the first account, with everything in it. */
void account_init_root(struct account *account, uint64_t memory);

/*
 * Cuts limits out of the parent's account. quota if it has less; priority more urgent, or constant
 * where it may not be: quota too.
 */
j6_status_t account_init_child(struct account *account, struct account *parent,
                               const struct j6_limits *limits,
                               void (*free)(struct account *account)) J6_MUST_USE;

/*
 * Takes n out of the account, or of the nearest ancestor that hasn't ended. quota if there is less
 * left.
 */
j6_status_t account_charge(struct account *account, enum account_kind kind, uint64_t n) J6_MUST_USE;
#define account_charge(account, kind, n) ALLOC_SITE(j6_err_quota, account_charge(account, kind, n))

/* Gives n back, to the account or to the nearest ancestor that hasn't ended. */
void account_uncharge(struct account *account, enum account_kind kind, uint64_t n);

/*
 * What n stand for goes from one to the other, and its charge with it. False: somebody has one of the locks,
 * or one has ended, or there is less left: nothing has changed. Waits for nobody.
 */
bool account_pass_now(struct account *from, struct account *to, enum account_kind kind,
                      uint64_t n) J6_MUST_USE;

/* What can still be charged, of each kind. */
void account_left(struct account *account, uint64_t out_left[ACCOUNT_KINDS]);

/* One more process draws on the account; when the last one leaves it, it ends. */
void account_join(struct account *account);
void account_leave(struct account *account);

void account_get(struct account *account);
void account_put(struct account *account);

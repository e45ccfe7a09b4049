/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/base/account.c kernel/base/spinlock.c kernel/base/debug/lock_check.c tests/host/shim_machine.c */
/* Accounts: whatever is charged, given back, cut out and ended, nothing is ever lost or made. */
#include "kernel/base/account.h"
#include <string.h>
#include <test.h>
#include <test_assert.h>
#include <test_random.h>

#define PAGE 4096ull

static const struct j6_limits some = {
    .pages = 10, .handles = 20, .threads = 30, .processes = 40, .priority = 4};

static struct account root;
static int freed;
static struct account *last_freed;

static void note_free(struct account *account)
{
    freed++;
    last_freed = account;
    memset(account->left, 0xd5, sizeof(account->left));
}

static void start(uint64_t memory)
{
    account_init_root(&root, memory);
    freed = 0;
    last_freed = NULL;
}

/* A child account, and the one process that draws on it. */
static void cut_out(struct account *child, struct account *parent, const struct j6_limits *limits)
{
    assert_int_equal(account_init_child(child, parent, limits, note_free), j6_status_ok);
    account_join(child);
}

static void account_charge_takes_and_uncharge_gives_back(void **state)
{
    (void)state;
    start(100);
    assert_int_equal(account_charge(&root, ACCOUNT_MEMORY, 40), j6_status_ok);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 60);
    assert_int_equal(account_charge(&root, ACCOUNT_MEMORY, 60), j6_status_ok);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 0);
    account_uncharge(&root, ACCOUNT_MEMORY, 100);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 100);
}

static void account_charge_over_what_is_left_is_quota_and_takes_nothing(void **state)
{
    (void)state;
    start(100);
    assert_int_equal(account_charge(&root, ACCOUNT_MEMORY, 101), j6_err_quota);
    assert_int_equal(account_charge(&root, ACCOUNT_MEMORY, UINT64_MAX), j6_err_quota);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 100);
    assert_int_equal(account_charge(&root, ACCOUNT_MEMORY, 100), j6_status_ok);
    assert_int_equal(account_charge(&root, ACCOUNT_MEMORY, 1), j6_err_quota);
    assert_int_equal(account_charge(&root, ACCOUNT_MEMORY, 0), j6_status_ok);
}

static void account_kinds_are_counted_apart(void **state)
{
    (void)state;
    start(1000 * PAGE);
    struct account child;
    cut_out(&child, &root, &some);
    for (unsigned kind = 0; kind < ACCOUNT_KINDS; kind++) {
        uint64_t before[ACCOUNT_KINDS];
        memcpy(before, child.left, sizeof(before));
        assert_int_equal(account_charge(&child, kind, child.left[kind]), j6_status_ok);
        assert_int_equal(account_charge(&child, kind, 1), j6_err_quota);
        for (unsigned other = 0; other < ACCOUNT_KINDS; other++) {
            assert_int_equal(child.left[other], other == kind ? 0 : before[other]);
        }
        account_uncharge(&child, kind, before[kind]);
    }
}

static void account_of_a_child_is_cut_out_of_its_parents(void **state)
{
    (void)state;
    start(100 * PAGE);
    struct account child;
    cut_out(&child, &root, &some);
    assert_int_equal(child.left[ACCOUNT_MEMORY], 10 * PAGE);
    assert_int_equal(child.left[ACCOUNT_HANDLES], 20);
    assert_int_equal(child.left[ACCOUNT_THREADS], 30);
    assert_int_equal(child.left[ACCOUNT_PROCESSES], 40);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 90 * PAGE);
    assert_int_equal(root.left[ACCOUNT_HANDLES], UINT64_MAX - 20);
    assert_int_equal(root.left[ACCOUNT_THREADS], UINT64_MAX - 30);
    assert_int_equal(root.left[ACCOUNT_PROCESSES], UINT64_MAX - 40);
    assert_int_equal(child.priority, 4);
    assert_int_equal(root.refs, 2);
}

/* For each kind in turn more than there is; what was taken for the kinds before comes back. */
static void account_of_a_child_that_asks_too_much_changes_nothing(void **state)
{
    (void)state;
    start(100 * PAGE);
    struct account parent;
    cut_out(&parent, &root, &some);
    for (unsigned kind = 0; kind < ACCOUNT_KINDS; kind++) {
        struct j6_limits limits = some;
        uint64_t *asked[] = {&limits.pages, &limits.handles, &limits.threads, &limits.processes};
        struct account child;
        ++*asked[kind];
        assert_int_equal(account_init_child(&child, &parent, &limits, note_free), j6_err_quota);
        assert_int_equal(parent.left[ACCOUNT_MEMORY], 10 * PAGE);
        assert_int_equal(parent.left[ACCOUNT_HANDLES], 20);
        assert_int_equal(parent.left[ACCOUNT_THREADS], 30);
        assert_int_equal(parent.left[ACCOUNT_PROCESSES], 40);
        assert_int_equal(parent.refs, 1);
    }
    assert_int_equal(freed, 0);
}

static void account_of_pages_that_overflow_bytes_is_quota(void **state)
{
    (void)state;
    start(UINT64_MAX);
    static const uint64_t pages[] = {UINT64_MAX, UINT64_MAX / PAGE + 1, 1ull << 52,
                                     (1ull << 52) + 1};
    for (unsigned i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        struct account child;
        struct j6_limits limits = {.pages = pages[i]};
        assert_int_equal(account_init_child(&child, &root, &limits, note_free), j6_err_quota);
    }
    assert_int_equal(root.left[ACCOUNT_MEMORY], UINT64_MAX);
    struct account child;
    struct j6_limits limits = {.pages = UINT64_MAX / PAGE};
    cut_out(&child, &root, &limits);
}

static void account_more_urgent_than_its_parents_is_quota(void **state)
{
    (void)state;
    start(100 * PAGE);
    struct account parent;
    struct account child;
    cut_out(&parent, &root, &some);
    struct j6_limits limits = {.priority = 3};
    assert_int_equal(account_init_child(&child, &parent, &limits, note_free), j6_err_quota);
    limits.priority = 4;
    cut_out(&child, &parent, &limits);
    assert_int_equal(child.priority, 4);
}

static void account_end_gives_what_is_left_to_the_parent(void **state)
{
    (void)state;
    start(100 * PAGE);
    struct account child;
    cut_out(&child, &root, &some);
    assert_int_equal(account_charge(&child, ACCOUNT_MEMORY, 3 * PAGE), j6_status_ok);
    account_leave(&child);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 97 * PAGE);
    assert_int_equal(root.left[ACCOUNT_HANDLES], UINT64_MAX);
    account_uncharge(&child, ACCOUNT_MEMORY, 3 * PAGE);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 100 * PAGE);
    assert_int_equal(child.left[ACCOUNT_MEMORY], 0);
}

static void account_ends_when_the_last_process_leaves_it(void **state)
{
    (void)state;
    start(100 * PAGE);
    struct account child;
    cut_out(&child, &root, &some);
    account_join(&child);
    account_join(&child);
    account_leave(&child);
    account_leave(&child);
    assert_int_equal(child.left[ACCOUNT_MEMORY], 10 * PAGE);
    account_leave(&child);
    assert_int_equal(child.left[ACCOUNT_MEMORY], 0);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 100 * PAGE);
}

/* What outlives its payer is charged to the parent from then on, up to the parent's own limit. */
static void account_that_ended_charges_the_first_ancestor_that_lives(void **state)
{
    (void)state;
    start(100 * PAGE);
    struct account parent;
    struct account child;
    cut_out(&parent, &root, &some);
    struct j6_limits limits = {.pages = 4, .priority = 4};
    cut_out(&child, &parent, &limits);
    account_leave(&child);
    assert_int_equal(account_charge(&child, ACCOUNT_MEMORY, 9 * PAGE), j6_status_ok);
    assert_int_equal(parent.left[ACCOUNT_MEMORY], PAGE);
    assert_int_equal(account_charge(&child, ACCOUNT_MEMORY, 2 * PAGE), j6_err_quota);
    account_leave(&parent);
    assert_int_equal(account_charge(&child, ACCOUNT_MEMORY, 2 * PAGE), j6_status_ok);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 89 * PAGE);
    account_uncharge(&child, ACCOUNT_MEMORY, 11 * PAGE);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 100 * PAGE);
}

static void account_of_a_child_of_one_that_ended_is_its_ancestors(void **state)
{
    (void)state;
    start(100 * PAGE);
    struct account parent;
    struct account child;
    cut_out(&parent, &root, &some);
    account_leave(&parent);
    cut_out(&child, &parent, &some);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 90 * PAGE);
    account_leave(&child);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 100 * PAGE);
}

static void account_uncharge_finds_the_first_ancestor_that_lives(void **state)
{
    (void)state;
    start(100 * PAGE);
    struct account line[4];
    struct j6_limits limits = some;
    for (unsigned i = 0; i < 4; i++) {
        limits.pages = 8 - 2 * i;
        cut_out(&line[i], i == 0 ? &root : &line[i - 1], &limits);
    }
    assert_int_equal(account_charge(&line[3], ACCOUNT_MEMORY, 2 * PAGE), j6_status_ok);
    account_leave(&line[3]);
    account_leave(&line[1]);
    account_uncharge(&line[3], ACCOUNT_MEMORY, PAGE);
    assert_int_equal(line[2].left[ACCOUNT_MEMORY], 3 * PAGE);
    account_leave(&line[2]); /* 3 pages, past line[1] */
    assert_int_equal(line[0].left[ACCOUNT_MEMORY], 2 * PAGE + 2 * PAGE + 3 * PAGE);
    account_uncharge(&line[3], ACCOUNT_MEMORY, PAGE);
    assert_int_equal(line[0].left[ACCOUNT_MEMORY], 8 * PAGE);
    account_leave(&line[0]);
    assert_int_equal(root.left[ACCOUNT_MEMORY], 100 * PAGE);
}

static void account_is_freed_after_its_last_reference_and_then_its_parent(void **state)
{
    (void)state;
    start(100 * PAGE);
    struct account parent;
    struct account child;
    struct j6_limits limits = {.pages = 1, .priority = 4};
    cut_out(&parent, &root, &some);
    cut_out(&child, &parent, &limits);
    account_get(&child);
    account_leave(&child);
    account_leave(&parent);
    account_put(&parent);
    account_put(&child);
    assert_int_equal(freed, 0);
    account_put(&child);
    assert_int_equal(freed, 2);
    assert_ptr_equal(last_freed, &parent);
    assert_int_equal(root.refs, 1);
}

static void account_of_the_root_never_ends(void **state)
{
    (void)state;
    start(100);
    account_join(&root);
    account_leave(&root);
    assert_int_equal(account_charge(&root, ACCOUNT_MEMORY, 100), j6_status_ok);
}

enum { MANY = 24 };

/* A forest of accounts, and what was charged to each and is still out; 0 is the root. */
static struct {
    struct account account;
    bool used;
    uint64_t out[ACCOUNT_KINDS];
} many[MANY];

/* Children, and things out, keep an account; its owner's reference goes with its end. */
static void release_if_unused(unsigned i)
{
    for (unsigned kind = 0; kind < ACCOUNT_KINDS; kind++) {
        if (many[i].out[kind] != 0) {
            return;
        }
    }
    if (many[i].account.ended && many[i].account.refs == 1) {
        many[i].used = false;
        account_put(&many[i].account);
    }
}

/* All that is left anywhere, and all that is out, is what there was. */
static void check_sums(uint64_t memory)
{
    uint64_t sum[ACCOUNT_KINDS] = {0};
    for (unsigned i = 0; i < MANY; i++) {
        for (unsigned kind = 0; many[i].used && kind < ACCOUNT_KINDS; kind++) {
            assert_true(!many[i].account.ended || many[i].account.left[kind] == 0);
            sum[kind] += many[i].account.left[kind] + many[i].out[kind];
        }
    }
    assert_int_equal(sum[ACCOUNT_MEMORY], memory);
    for (unsigned kind = 1; kind < ACCOUNT_KINDS; kind++) {
        assert_int_equal(sum[kind], UINT64_MAX);
    }
}

/* Who is charged in its place. */
static struct account *payer(struct account *account)
{
    while (account->ended) {
        account = account->parent;
    }
    return account;
}

static void random_child(unsigned slot, unsigned parent)
{
    struct j6_limits limits = {
        .pages = test_random_below(64),
        .handles = test_random_magnitude(),
        .threads = test_random_below(100),
        .processes = test_random_below(10),
    };
    struct account *from = payer(&many[parent].account);
    bool fits = from->left[ACCOUNT_MEMORY] >= limits.pages * PAGE &&
                from->left[ACCOUNT_HANDLES] >= limits.handles &&
                from->left[ACCOUNT_THREADS] >= limits.threads &&
                from->left[ACCOUNT_PROCESSES] >= limits.processes;
    j6_status_t status =
        account_init_child(&many[slot].account, &many[parent].account, &limits, note_free);
    assert_int_equal(status, fits ? j6_status_ok : j6_err_quota);
    account_join(&many[slot].account);
    many[slot].used = fits;
    memset(many[slot].out, 0, sizeof(many[slot].out));
}

static void random_operation(void)
{
    unsigned i = (unsigned)test_random_below(MANY);
    unsigned other = (unsigned)test_random_below(MANY);
    unsigned kind = (unsigned)test_random_below(ACCOUNT_KINDS);
    if (!many[i].used) {
        if (many[other].used) {
            random_child(i, other);
        }
        return;
    }
    uint64_t n = test_random_below(50000);
    switch (test_random_below(8)) {
    case 0:
    case 1:
    case 2: {
        bool fits = payer(&many[i].account)->left[kind] >= n;
        j6_status_t status = account_charge(&many[i].account, kind, n);
        assert_int_equal(status, fits ? j6_status_ok : j6_err_quota);
        many[i].out[kind] += fits ? n : 0;
        break;
    }
    case 3:
        if (i != 0 && !many[i].account.ended) {
            account_leave(&many[i].account);
        }
        break;
    default:
        n = n < many[i].out[kind] ? n : many[i].out[kind];
        many[i].out[kind] -= n;
        account_uncharge(&many[i].account, kind, n);
    }
    release_if_unused(i);
}

static void accounts_lose_nothing_and_make_nothing(void **state)
{
    (void)state;
    const uint64_t memory = 1000 * PAGE;
    for (int round = 0; round < 20; round++) {
        memset(many, 0, sizeof(many));
        account_init_root(&many[0].account, memory);
        many[0].used = true;
        for (int i = 0; i < 10000; i++) {
            random_operation();
            check_sums(memory);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(account_charge_takes_and_uncharge_gives_back),
        cmocka_unit_test(account_charge_over_what_is_left_is_quota_and_takes_nothing),
        cmocka_unit_test(account_kinds_are_counted_apart),
        cmocka_unit_test(account_of_a_child_is_cut_out_of_its_parents),
        cmocka_unit_test(account_of_a_child_that_asks_too_much_changes_nothing),
        cmocka_unit_test(account_of_pages_that_overflow_bytes_is_quota),
        cmocka_unit_test(account_more_urgent_than_its_parents_is_quota),
        cmocka_unit_test(account_end_gives_what_is_left_to_the_parent),
        cmocka_unit_test(account_ends_when_the_last_process_leaves_it),
        cmocka_unit_test(account_that_ended_charges_the_first_ancestor_that_lives),
        cmocka_unit_test(account_of_a_child_of_one_that_ended_is_its_ancestors),
        cmocka_unit_test(account_uncharge_finds_the_first_ancestor_that_lives),
        cmocka_unit_test(account_is_freed_after_its_last_reference_and_then_its_parent),
        cmocka_unit_test(account_of_the_root_never_ends),
        cmocka_unit_test(accounts_lose_nothing_and_make_nothing),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

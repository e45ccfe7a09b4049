/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/page_tree.c tests/host/page_tree_model.c */
/*
 * The page tree under readers that take no lock, beside one writer. A retired node is freed only
 * after every reader has begun anew twice since: the grace period.
 */
#include "mm/page_tree.h"
#include "tests/host/page_tree_model.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <test.h>
#include <test_random.h>

enum { READERS = 2, RETIRED_MAX = 256, WRITES = 100000, LASTING = 1000000 };

static struct page_tree tree;
static atomic_ulong passes[READERS];
static atomic_bool finished;
static struct page_tree_node *retired[RETIRED_MAX];
static int retired_count;

static void wait_for_readers(void)
{
    for (int i = 0; i < READERS; i++) {
        unsigned long from = atomic_load(&passes[i]);
        while (!atomic_load(&finished) && atomic_load(&passes[i]) < from + 2) {
            sched_yield();
        }
    }
}

static void retire(struct page_tree_node *node)
{
    retired[retired_count++] = node;
    if (retired_count == RETIRED_MAX) {
        wait_for_readers();
        while (retired_count > 0) {
            free(retired[--retired_count]);
        }
    }
}

static paddr_t page_for(uint64_t number)
{
    return (number + 1) << PAGE_SHIFT;
}

/* Few enough for readers and writer to meet, on four levels. */
static uint64_t shared_number(uint64_t random)
{
    return (random & 3) << (6 * (random >> 2 & 3)) | (random >> 4 & 3);
}

static void *read_along(void *pass)
{
    uint64_t random = (uintptr_t)pass;
    uintptr_t bad = 0;
    while (!atomic_load(&finished)) {
        for (int i = 0; i < 50; i++) {
            random = random * 6364136223846793005 + 1442695040888963407;
            uint64_t number = shared_number(random >> 40);
            paddr_t page = page_tree_peek(&tree, number);
            bad += page != 0 && page != page_for(number);
            bad += page_tree_peek(&tree, LASTING) != page_for(LASTING);
        }
        atomic_fetch_add((atomic_ulong *)pass, 1);
    }
    return (void *)bad;
}

static void page_tree_peek_sees_old_or_new_while_the_tree_changes(void **state)
{
    (void)state;
    pthread_t readers[READERS];
    page_tree_retire = retire;
    assert_int_equal(page_tree_insert(&tree, LASTING, page_for(LASTING)), j6_status_ok);
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(pthread_create(&readers[i], NULL, read_along, &passes[i]), 0);
    }
    for (int i = 0; i < WRITES; i++) {
        uint64_t number = i % 64 == 0 ? 1ull << 30 : shared_number(test_random());
        if (test_random_below(2) == 0) {
            (void)!page_tree_insert(&tree, number, page_for(number));
        } else {
            page_tree_remove(&tree, number);
        }
    }
    atomic_store(&finished, true);
    for (int i = 0; i < READERS; i++) {
        void *bad;
        pthread_join(readers[i], &bad);
        assert_null(bad);
    }
    while (retired_count > 0) {
        free(retired[--retired_count]);
    }
    page_tree_retire = NULL;
    uint64_t number = 0;
    paddr_t pages[64];
    while (page_tree_remove_step(&tree, &number, PAGE_TREE_PAGES, pages, 64) == 64) {}
    assert_null(tree.root);
    assert_int_equal(page_tree_nodes_live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_tree_peek_sees_old_or_new_while_the_tree_changes),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/page_tree.c mm/page_tree_count.c mm/page_tree_share.c mm/page_tree_take.c */
/*
 * Trees of two threads that share nodes, each thread with its own lock, that is none: whatever the
 * two do at the same time meets in shared nodes. A page's bytes say whose it is: they are written
 * only where the way is own and nobody else has the page. Built with ThreadSanitizer.
 */
#include "kernel/base/assert.h"
#include "mm/page_tree.h"
#include <pthread.h>
#include <stdlib.h>
#include <test.h>
#include <test_random.h>

enum { THREADS = 2, ROUNDS = 1500, PAGES = 150, ACTIONS = 60 };

struct test_page {
    _Atomic uint32_t refs;
    uint64_t number;
    uint64_t written; /* plainly: a race of two writers, or of a writer and a reader, shows here */
};

static _Atomic long nodes_live;
static _Atomic long pages_live;

j6_status_t page_tree_node_alloc(struct page_tree *tree, struct page_tree_node **out_node)
{
    (void)tree;
    struct page_tree_node *node = malloc(sizeof(*node));
    assert(node != NULL);
    atomic_fetch_add_explicit(&nodes_live, 1, memory_order_relaxed);
    *out_node = node;
    return j6_status_ok;
}

void page_tree_node_free(struct page_tree_node *node)
{
    atomic_fetch_sub_explicit(&nodes_live, 1, memory_order_relaxed);
    free(node);
}

/* Addresses of pages lie 4096 apart, those of malloc only 16. */
static struct test_page *page_of(paddr_t page)
{
    return (struct test_page *)(page >> PAGE_SHIFT);
}

static paddr_t page_new(uint64_t number, uint64_t written)
{
    struct test_page *page = malloc(sizeof(*page));
    assert(page != NULL);
    atomic_fetch_add_explicit(&pages_live, 1, memory_order_relaxed);
    atomic_init(&page->refs, 1);
    page->number = number;
    page->written = written;
    return (paddr_t)page << PAGE_SHIFT;
}

void page_tree_page_get(paddr_t page)
{
    atomic_fetch_add_explicit(&page_of(page)->refs, 1, memory_order_relaxed);
}

void page_tree_page_put(paddr_t page)
{
    if (atomic_fetch_sub_explicit(&page_of(page)->refs, 1, memory_order_acq_rel) == 1) {
        atomic_fetch_sub_explicit(&pages_live, 1, memory_order_relaxed);
        free(page_of(page));
    }
}

/* What one thread does, and what it must find. */
struct worker {
    struct page_tree tree;
    uint64_t random;
    uint64_t written[PAGES]; /* by the order of the numbers; 0: there is no page */
};

/* Three leaves, below two nodes of the next level. */
static uint64_t number_of(uint64_t place)
{
    return place < 100 ? place + 20 : place + 8000;
}

static uint64_t random_below(struct worker *worker, uint64_t limit)
{
    worker->random = worker->random * 6364136223846793005 + 1442695040888963407;
    return (worker->random >> 33) % limit;
}

/* A write as a fault does it: a page of its own, on a way of its own. */
static void write_page(struct worker *worker, uint64_t place)
{
    uint64_t number = number_of(place);
    uint64_t value = worker->random | 1;
    j6_status_t status = page_tree_own(&worker->tree, number);
    assert(status == j6_status_ok);
    paddr_t page = page_tree_find(&worker->tree, number);
    if (page == 0) {
        status = page_tree_insert(&worker->tree, number, page_new(number, value));
        assert(status == j6_status_ok);
    } else if (atomic_load_explicit(&page_of(page)->refs, memory_order_acquire) == 1) {
        page_of(page)->written = value;
    } else {
        page_tree_page_put(page_tree_replace(&worker->tree, number, page_new(number, value)));
    }
    worker->written[place] = value;
}

static void read_page(struct worker *worker, uint64_t place)
{
    paddr_t page = page_tree_find(&worker->tree, number_of(place));
    assert((page != 0) == (worker->written[place] != 0));
    assert(page == 0 || (page_of(page)->number == number_of(place) &&
                         page_of(page)->written == worker->written[place]));
}

static void take_pages(struct worker *worker, uint64_t first, uint64_t end)
{
    struct page_taken taken;
    uint64_t number = number_of(first);
    do {
        j6_status_t status = page_tree_take(&worker->tree, &number, number_of(end), &taken);
        assert(status == j6_status_ok);
        page_tree_taken_put(&taken);
    } while (taken.removed > 0);
    for (uint64_t place = first; place < end; place++) {
        worker->written[place] = 0;
    }
}

/* Cuts the tree down to a clone of itself, which has lost its first pages. */
static void clone_tree(struct worker *worker, uint64_t first)
{
    struct page_tree clone = {0};
    j6_status_t status = page_tree_clone(&clone, &worker->tree, number_of(first), UINT64_MAX);
    assert(status == j6_status_ok);
    while (page_tree_drop_step(&worker->tree)) {}
    worker->tree = clone;
    for (uint64_t place = 0; place < first; place++) {
        worker->written[place] = 0;
    }
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    for (int i = 0; i < ACTIONS; i++) {
        uint64_t place = random_below(worker, PAGES);
        switch (random_below(worker, 12)) {
        case 0: take_pages(worker, place, place + random_below(worker, PAGES - place)); break;
        case 1: clone_tree(worker, place / 8); break;
        case 2: (void)!page_tree_own(&worker->tree, number_of(place)); break;
        case 3:
        case 4:
        case 5: write_page(worker, place); break;
        default: read_page(worker, place); break;
        }
    }
    if (worker->random >> 62 == 0) {
        while (page_tree_drop_step(&worker->tree)) {}
    }
    return NULL;
}

/* The threads begin with clones of one tree; a third tree may stay, so that counts differ. */
static void share_and_work(uint64_t pages, bool keep)
{
    static struct worker workers[THREADS];
    pthread_t threads[THREADS];
    struct worker origin = {.random = test_random()};
    for (uint64_t place = 0; place < pages; place++) {
        write_page(&origin, place);
    }
    for (int i = 0; i < THREADS; i++) {
        workers[i] = origin;
        workers[i].tree = (struct page_tree){0};
        workers[i].random = test_random();
        j6_status_t status = page_tree_clone(&workers[i].tree, &origin.tree, 0, UINT64_MAX);
        assert_int_equal(status, j6_status_ok);
    }
    while (!keep && page_tree_drop_step(&origin.tree)) {}
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        while (page_tree_drop_step(&workers[i].tree)) {}
    }
    while (page_tree_drop_step(&origin.tree)) {}
    assert_int_equal(nodes_live, 0);
    assert_int_equal(pages_live, 0);
}

static void trees_of_two_threads_share_nodes_and_lose_none(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        share_and_work(round % PAGES + 1, test_random_below(2));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_of_two_threads_share_nodes_and_lose_none),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

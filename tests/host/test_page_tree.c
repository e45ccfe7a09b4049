/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/page_tree.c mm/page_tree_count.c mm/page_tree_share.c mm/page_tree_take.c tests/host/page_tree_model.c tests/host/page_tree_model_check.c tests/host/page_tree_model_memory.c */
/* One page tree against its model, with memory and without. */
#include "mm/page_tree.h"
#include "tests/host/page_tree_model.h"
#include <string.h>
#include <test.h>
#include <test_random.h>

/* Where levels begin and end. */
static const uint64_t edges[] = {
    0,
    1,
    63,
    64,
    4095,
    4096,
    (1 << 18) - 1,
    1 << 18,
    (1 << 24) - 1,
    1 << 24,
    (1 << 30) - 1,
    1 << 30,
    (1ull << 36) - 64,
    (1ull << 36) - 1,
};

enum { EDGES = sizeof(edges) / sizeof(edges[0]) };

static struct page_tree *const tree = &model_trees[0].tree;

static void insert(uint64_t number)
{
    assert_int_equal(model_insert(0, number), j6_status_ok);
}

static void take(uint64_t first, uint64_t end)
{
    assert_int_equal(model_take(0, first, end), j6_status_ok);
}

static void page_tree_without_pages_owns_no_memory(void **state)
{
    (void)state;
    model_check();
    model_find(0, 0);
    model_next(0, 0);
    model_count(0, 0, UINT64_MAX);
    take(0, UINT64_MAX);
    assert_false(page_tree_drop_step(tree));
    assert_true(page_tree_is_own(tree, 5));
    insert(12345678);
    take(12345678, 12345679);
    model_put();
    assert_null(tree->root);
    assert_int_equal(model_nodes_live, 0);
}

static void page_tree_find_in_hole_returns_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < EDGES; i += 2) {
        insert(edges[i]);
    }
    for (int i = 0; i < EDGES; i++) {
        model_find(0, edges[i]);
        model_find(0, edges[i] + 1);
    }
    model_find(0, PAGE_TREE_PAGES);
    model_find(0, UINT64_MAX);
    model_end();
}

static void page_tree_is_as_tall_as_its_largest_number_needs(void **state)
{
    (void)state;
    static const struct {
        uint64_t number;
        unsigned level;
    } steps[] = {{0, 0},    {63, 0},      {64, 1},      {4095, 1},
                 {4096, 2}, {1 << 18, 3}, {1 << 24, 4}, {1ull << 35, 5}};
    const int count = sizeof(steps) / sizeof(steps[0]);
    for (int i = 0; i < count; i++) {
        insert(steps[i].number);
        assert_int_equal(tree->root->level, steps[i].level);
    }
    for (int i = count - 1; i > 0; i--) {
        take(steps[i].number, steps[i].number + 1);
        assert_int_equal(tree->root->level, steps[i - 1].level);
    }
    model_end();
}

static void page_tree_insert_over_a_page_is_a_collision(void **state)
{
    (void)state;
    insert(70);
    assert_int_equal(model_insert(0, 70), j6_err_collision);
    model_find(0, 70);
    model_end();
}

static void page_tree_insert_beyond_the_last_page_is_out_of_range(void **state)
{
    (void)state;
    assert_int_equal(model_insert(0, PAGE_TREE_PAGES), j6_err_out_of_range);
    assert_int_equal(model_insert(0, UINT64_MAX), j6_err_out_of_range);
    model_end();
}

static void page_tree_replace_returns_the_old_page_and_changes_no_count(void **state)
{
    (void)state;
    insert(3);
    insert(64);
    paddr_t old = model_page_at(&model_trees[0], 3);
    paddr_t fresh = model_page_new();
    assert_int_equal(page_tree_replace(tree, 3, fresh), old);
    assert_int_equal(page_tree_find(tree, 3), fresh);
    assert_int_equal(page_tree_pages(tree), 2);
    assert_int_equal(page_tree_replace(tree, 3, old), fresh);
    page_tree_page_put(fresh);
    model_end();
}

static void page_tree_next_steps_over_holes(void **state)
{
    (void)state;
    for (int i = 0; i < EDGES; i++) {
        insert(edges[i]);
    }
    for (int i = 0; i < EDGES; i++) {
        model_next(0, edges[i]);
        model_next(0, edges[i] + 1);
        model_next(0, edges[i] / 2);
    }
    model_next(0, PAGE_TREE_PAGES);
    model_next(0, UINT64_MAX);
    model_end();
}

static void page_tree_counts_pages_between_any_two_numbers(void **state)
{
    (void)state;
    for (int i = 0; i < EDGES; i++) {
        insert(edges[i]);
        for (int first = 0; first < EDGES; first++) {
            for (int end = 0; end < EDGES; end++) {
                model_count(0, edges[first], edges[end]);
                model_count(0, edges[first] + 1, edges[end] + 1);
            }
            model_count(0, edges[first], UINT64_MAX);
        }
    }
    model_end();
}

static void page_tree_take_goes_leaf_by_leaf(void **state)
{
    (void)state;
    struct page_taken taken;
    uint64_t number = 10;
    for (uint64_t i = 0; i < 200; i++) {
        insert(i);
    }
    assert_int_equal(page_tree_take(tree, &number, 130, &taken), j6_status_ok);
    assert_true(taken.count == 54 && taken.first == 10 && taken.end == 64 && number == 64);
    page_tree_taken_put(&taken);
    assert_int_equal(page_tree_take(tree, &number, 130, &taken), j6_status_ok);
    assert_true(taken.leaf != NULL && taken.removed == 64 && number == 128);
    page_tree_taken_put(&taken);
    assert_int_equal(page_tree_take(tree, &number, 130, &taken), j6_status_ok);
    assert_true(taken.count == 2 && taken.pages[1] == model_page_at(&model_trees[0], 129));
    assert_int_equal(number, 130);
    page_tree_taken_put(&taken);
    assert_int_equal(page_tree_pages(tree), 80);
    while (page_tree_drop_step(tree)) {}
    model_trees[0].count = 0;
    model_end();
}

static void page_tree_take_of_an_empty_range_takes_nothing(void **state)
{
    (void)state;
    insert(100);
    insert(1000);
    take(101, 1000);
    take(1001, UINT64_MAX);
    take(100, 100);
    take(1000, 100);
    assert_int_equal(page_tree_pages(tree), 2);
    model_end();
}

static void shuffle(uint64_t *numbers, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = test_random_below(i);
        uint64_t kept = numbers[i - 1];
        numbers[i - 1] = numbers[other];
        numbers[other] = kept;
    }
}

static void page_tree_holds_the_edges_of_all_levels_in_any_order(void **state)
{
    (void)state;
    uint64_t order[EDGES];
    memcpy(order, edges, sizeof(edges));
    for (int round = 0; round < 300; round++) {
        shuffle(order, EDGES);
        for (int i = 0; i < EDGES; i++) {
            insert(order[i]);
            model_check();
        }
        shuffle(order, EDGES);
        for (int i = 0; i < EDGES; i++) {
            take(order[i], order[i] + 1);
            model_check();
        }
    }
    model_end();
}

enum { FEW = 4 };

/* The n-th of the FEW! orders of the numbers. */
static void arrange(const uint64_t *numbers, unsigned n, uint64_t *out)
{
    uint64_t left[FEW];
    memcpy(left, numbers, sizeof(left));
    for (unsigned count = FEW; count > 0; count--) {
        unsigned chosen = n % count;
        n /= count;
        *out++ = left[chosen];
        memmove(left + chosen, left + chosen + 1, (count - chosen - 1) * sizeof(*left));
    }
}

/* Fills in one order and empties in the other. */
static void try_orders(const uint64_t *in, const uint64_t *out)
{
    for (int i = 0; i < FEW; i++) {
        insert(in[i]);
        model_check();
    }
    for (int i = 0; i < FEW; i++) {
        take(out[i], out[i] + 1);
        model_check();
    }
}

static void page_tree_is_right_for_every_order_of_four(void **state)
{
    (void)state;
    static const uint64_t sets[][FEW] = {
        {0, 63, 64, 4096},
        {1, 4095, 4096, 1 << 18},
        {64, 65, 128, 1ull << 35},
        {63, 4095, 1 << 24, (1ull << 36) - 1},
    };
    const unsigned orders = 24;
    for (size_t set = 0; set < sizeof(sets) / sizeof(sets[0]); set++) {
        for (unsigned n = 0; n < orders * orders; n++) {
            uint64_t in[FEW];
            uint64_t out[FEW];
            arrange(sets[set], n / orders, in);
            arrange(sets[set], n % orders, out);
            try_orders(in, out);
        }
    }
    model_end();
}

/* The number is tried with 0, 1, 2 … nodes to be had; returns how many it needs. */
static long insert_with_few_nodes(uint64_t number)
{
    for (long nodes = 0;; nodes++) {
        long live = model_nodes_live;
        model_nodes_left = nodes;
        j6_status_t status = model_insert(0, number);
        model_nodes_left = -1;
        model_check();
        if (status == j6_status_ok) {
            return nodes;
        }
        assert_int_equal(model_nodes_live, live);
    }
}

static void page_tree_insert_without_memory_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(insert_with_few_nodes(1ull << 35), 6); /* a branch of its own */
    assert_int_equal(insert_with_few_nodes((1ull << 35) + 1), 0);
    assert_int_equal(insert_with_few_nodes((1ull << 35) + 64), 1);
    assert_int_equal(insert_with_few_nodes(0), 5);
    model_end();
    insert(5);
    assert_int_equal(insert_with_few_nodes(1ull << 35), 6 + 4); /* and four above the old root */
    model_end();
    for (int round = 0; round < 2000; round++) {
        uint64_t number = test_random_magnitude() % PAGE_TREE_PAGES;
        if (!page_tree_find(tree, number)) {
            insert_with_few_nodes(number);
        }
        if (page_tree_pages(tree) > 20) {
            model_end();
        }
    }
    model_end();
}

static void page_tree_is_emptied_without_memory(void **state)
{
    (void)state;
    for (int i = 0; i < EDGES; i++) {
        insert(edges[i]);
    }
    model_nodes_left = 0;
    take(0, 64);
    take(64, PAGE_TREE_PAGES - 10);
    model_check();
    assert_int_equal(page_tree_pages(tree), 1);
    take(0, UINT64_MAX);
    assert_null(tree->root);
    model_nodes_left = -1;
    model_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_tree_without_pages_owns_no_memory),
        cmocka_unit_test(page_tree_find_in_hole_returns_nothing),
        cmocka_unit_test(page_tree_is_as_tall_as_its_largest_number_needs),
        cmocka_unit_test(page_tree_insert_over_a_page_is_a_collision),
        cmocka_unit_test(page_tree_insert_beyond_the_last_page_is_out_of_range),
        cmocka_unit_test(page_tree_replace_returns_the_old_page_and_changes_no_count),
        cmocka_unit_test(page_tree_next_steps_over_holes),
        cmocka_unit_test(page_tree_counts_pages_between_any_two_numbers),
        cmocka_unit_test(page_tree_take_goes_leaf_by_leaf),
        cmocka_unit_test(page_tree_take_of_an_empty_range_takes_nothing),
        cmocka_unit_test(page_tree_holds_the_edges_of_all_levels_in_any_order),
        cmocka_unit_test(page_tree_is_right_for_every_order_of_four),
        cmocka_unit_test(page_tree_insert_without_memory_changes_nothing),
        cmocka_unit_test(page_tree_is_emptied_without_memory),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/page_tree.c tests/host/page_tree_model.c */
/* The page tree against its model, and without memory. */
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

static struct page_tree_model model;

static paddr_t page_for(uint64_t number)
{
    return (number + 1) << PAGE_SHIFT;
}

static void insert(uint64_t number)
{
    assert_int_equal(page_tree_model_insert(&model, number, page_for(number)), j6_status_ok);
}

static void page_tree_without_pages_owns_no_memory(void **state)
{
    (void)state;
    page_tree_model_check(&model);
    page_tree_model_find(&model, 0);
    page_tree_model_next(&model, 0);
    page_tree_model_remove(&model, 0);
    page_tree_model_remove_step(&model, 0, UINT64_MAX, 64);
    insert(12345678);
    page_tree_model_remove(&model, 12345678);
    assert_null(model.tree.root);
    assert_int_equal(page_tree_nodes_live, 0);
}

static void page_tree_find_in_hole_returns_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < EDGES; i += 2) {
        insert(edges[i]);
    }
    for (int i = 0; i < EDGES; i++) {
        page_tree_model_find(&model, edges[i]);
        page_tree_model_find(&model, edges[i] + 1);
    }
    page_tree_model_find(&model, PAGE_TREE_PAGES);
    page_tree_model_find(&model, UINT64_MAX);
    page_tree_model_clear(&model);
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
        assert_int_equal(model.tree.root->level, steps[i].level);
    }
    for (int i = count - 1; i > 0; i--) {
        page_tree_model_remove(&model, steps[i].number);
        assert_int_equal(model.tree.root->level, steps[i - 1].level);
    }
    page_tree_model_clear(&model);
}

static void page_tree_insert_over_a_page_is_a_collision(void **state)
{
    (void)state;
    insert(70);
    assert_int_equal(page_tree_model_insert(&model, 70, 0x5000), j6_err_collision);
    assert_int_equal(page_tree_find(&model.tree, 70), page_for(70));
    page_tree_model_clear(&model);
}

static void page_tree_insert_beyond_the_last_page_is_out_of_range(void **state)
{
    (void)state;
    assert_int_equal(page_tree_model_insert(&model, PAGE_TREE_PAGES, 0x1000), j6_err_out_of_range);
    assert_int_equal(page_tree_model_insert(&model, UINT64_MAX, 0x1000), j6_err_out_of_range);
    page_tree_model_clear(&model);
}

static void page_tree_keeps_the_low_bits_of_a_page(void **state)
{
    (void)state;
    assert_int_equal(page_tree_model_insert(&model, 3, 0xabcdef123), j6_status_ok);
    assert_int_equal(page_tree_find(&model.tree, 3), 0xabcdef123);
    assert_int_equal(page_tree_remove(&model.tree, 3), 0xabcdef123);
    model.count = 0;
    page_tree_model_clear(&model);
}

static void page_tree_next_steps_over_holes(void **state)
{
    (void)state;
    for (int i = 0; i < EDGES; i++) {
        insert(edges[i]);
    }
    for (int i = 0; i < EDGES; i++) {
        page_tree_model_next(&model, edges[i]);
        page_tree_model_next(&model, edges[i] + 1);
        page_tree_model_next(&model, edges[i] / 2);
    }
    page_tree_model_next(&model, PAGE_TREE_PAGES);
    page_tree_model_next(&model, UINT64_MAX);
    page_tree_model_clear(&model);
}

static void page_tree_remove_step_says_how_far_it_came(void **state)
{
    (void)state;
    for (uint64_t number = 10; number < 200; number++) {
        insert(number * 3);
    }
    page_tree_model_remove_step(&model, 100, 400, 64);
    page_tree_model_remove_step(&model, 100, 400, 36);
    page_tree_model_remove_step(&model, 100, 400, 1);
    page_tree_model_remove_step(&model, 0, 0, 1);
    page_tree_model_remove_step(&model, 300, 200, 1);
    page_tree_model_remove_step(&model, 500, UINT64_MAX, 64);
    page_tree_model_check(&model);
    page_tree_model_clear(&model);
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
    for (int round = 0; round < 500; round++) {
        shuffle(order, EDGES);
        for (int i = 0; i < EDGES; i++) {
            insert(order[i]);
            page_tree_model_check(&model);
        }
        shuffle(order, EDGES);
        for (int i = 0; i < EDGES; i++) {
            page_tree_model_remove(&model, order[i]);
            page_tree_model_check(&model);
        }
    }
    page_tree_model_clear(&model);
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
    }
    page_tree_model_check(&model);
    for (int i = 0; i < FEW; i++) {
        page_tree_model_remove(&model, out[i]);
        page_tree_model_check(&model);
    }
}

static void page_tree_is_right_for_every_order_of_four(void **state)
{
    (void)state;
    static const uint64_t sets[][FEW] = {
        {0, 63, 64, 4096},
        {1, 4095, 4096, 1 << 18},
        {64, 65, 128, 1ull << 35},
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
    page_tree_model_clear(&model);
}

/* The number is tried with 0, 1, 2 … nodes to be had; returns how many it needs. */
static long insert_with_few_nodes(uint64_t number)
{
    for (long nodes = 0;; nodes++) {
        page_tree_nodes_left = nodes;
        j6_status_t status = page_tree_model_insert(&model, number, page_for(number));
        page_tree_nodes_left = -1;
        page_tree_model_check(&model);
        if (status == j6_status_ok) {
            return nodes;
        }
        assert_int_equal(status, j6_err_no_memory);
    }
}

static void page_tree_insert_without_memory_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(insert_with_few_nodes(1ull << 35), 6); /* a branch of its own */
    assert_int_equal(insert_with_few_nodes((1ull << 35) + 1), 0);
    assert_int_equal(insert_with_few_nodes((1ull << 35) + 64), 1);
    assert_int_equal(insert_with_few_nodes(0), 5);
    page_tree_model_clear(&model);
    insert(5);
    assert_int_equal(insert_with_few_nodes(1ull << 35), 6 + 4); /* and four above the old root */
    page_tree_model_clear(&model);
    for (int round = 0; round < 2000; round++) {
        uint64_t number = test_random_magnitude() % PAGE_TREE_PAGES;
        if (!page_tree_find(&model.tree, number)) {
            insert_with_few_nodes(number);
        }
        if (model.count > 20) {
            page_tree_model_clear(&model);
        }
    }
    page_tree_model_clear(&model);
}

/* Numbers that meet often: dense, in clusters, anywhere. */
static uint64_t random_number(int kind)
{
    switch (kind) {
    case 0: return test_random_below(1000);
    case 1: return test_random_below(8) << (6 * test_random_below(6)) | test_random_below(64);
    default: return test_random_magnitude() % (PAGE_TREE_PAGES + 2);
    }
}

static void random_operations(int kind, int count)
{
    for (int i = 0; i < count; i++) {
        uint64_t number = random_number(kind);
        uint64_t action = test_random_below(100);
        if (action < 45) {
            (void)!page_tree_model_insert(&model, number, page_for(number));
        } else if (action < 75) {
            page_tree_model_remove(&model, number);
        } else if (action < 87) {
            page_tree_model_find(&model, number);
        } else if (action < 98) {
            page_tree_model_next(&model, number);
        } else {
            size_t cap = 1 + test_random_below(64);
            page_tree_model_remove_step(&model, number, random_number(kind), cap);
        }
        if (i % 2000 == 0) {
            page_tree_model_check(&model);
        }
        if (model.count > 3000) {
            page_tree_model_clear(&model);
        }
    }
    page_tree_model_check(&model);
    page_tree_model_clear(&model);
}

static void page_tree_does_what_a_sorted_array_does(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        random_operations(kind, 350000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_tree_without_pages_owns_no_memory),
        cmocka_unit_test(page_tree_find_in_hole_returns_nothing),
        cmocka_unit_test(page_tree_is_as_tall_as_its_largest_number_needs),
        cmocka_unit_test(page_tree_insert_over_a_page_is_a_collision),
        cmocka_unit_test(page_tree_insert_beyond_the_last_page_is_out_of_range),
        cmocka_unit_test(page_tree_keeps_the_low_bits_of_a_page),
        cmocka_unit_test(page_tree_next_steps_over_holes),
        cmocka_unit_test(page_tree_remove_step_says_how_far_it_came),
        cmocka_unit_test(page_tree_holds_the_edges_of_all_levels_in_any_order),
        cmocka_unit_test(page_tree_is_right_for_every_order_of_four),
        cmocka_unit_test(page_tree_insert_without_memory_changes_nothing),
        cmocka_unit_test(page_tree_does_what_a_sorted_array_does),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

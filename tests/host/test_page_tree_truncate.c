/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/page_tree.c mm/page_tree_count.c mm/page_tree_share.c mm/page_tree_take.c tests/host/page_tree_model.c tests/host/page_tree_model_check.c tests/host/page_tree_model_memory.c */
/* What a step of page_tree_truncate_step drops: of leaves, of holes, and of what trees share. */
#include "mm/page_tree.h"
#include "tests/host/page_tree_model.h"
#include <test.h>
#include <test_random.h>

enum { LEAF = PAGE_TREE_FANOUT, BRANCH = LEAF * PAGE_TREE_FANOUT };

static void insert_range(unsigned tree, uint64_t first, uint64_t end)
{
    for (uint64_t number = first; number < end; number++) {
        assert_int_equal(model_insert(tree, number), j6_status_ok);
    }
}

static void clone_all(unsigned to, unsigned from)
{
    assert_int_equal(model_clone(to, from, 0, UINT64_MAX), j6_status_ok);
}

static uint64_t step(unsigned tree, uint64_t first)
{
    uint64_t dropped = model_truncate_step(tree, first);
    model_check();
    return dropped;
}

static void truncate_drops_a_leaf_in_a_step(void **state)
{
    (void)state;
    insert_range(0, 0, 3 * LEAF + 8);
    assert_int_equal(step(0, 100), 2 * LEAF - 100);
    assert_int_equal(step(0, 100), LEAF);
    assert_int_equal(step(0, 100), 8);
    assert_int_equal(step(0, 100), 0);
    assert_int_equal(page_tree_pages(&model_trees[0].tree), 100);
    model_end();
}

static void truncate_at_the_start_of_a_leaf_frees_it(void **state)
{
    (void)state;
    insert_range(0, 0, 2 * LEAF);
    assert_int_equal(step(0, LEAF), LEAF);
    assert_int_equal(model_nodes_live, 1); /* a leaf is its own root again */
    assert_int_equal(step(0, LEAF), 0);
    model_end();
}

static void truncate_steps_over_holes(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {5, 62, 1 << 18, (1 << 18) + 1, 1 << 30};
    for (unsigned i = 0; i < 5; i++) {
        insert_range(0, numbers[i], numbers[i] + 1);
    }
    assert_int_equal(step(0, (1 << 30) + 1), 0);
    assert_int_equal(step(0, 6), 1);
    assert_int_equal(step(0, 6), 2);
    assert_int_equal(step(0, 6), 1);
    assert_int_equal(step(0, 6), 0);
    assert_int_equal(model_nodes_live, 1);
    assert_int_equal(step(0, 0), 1);
    assert_int_equal(step(0, 0), 0);
    assert_int_equal(model_nodes_live, 0);
    model_end();
}

static void truncate_of_an_empty_tree_drops_nothing(void **state)
{
    (void)state;
    assert_int_equal(step(0, 0), 0);
    assert_int_equal(step(0, 7), 0);
    assert_int_equal(step(0, PAGE_TREE_PAGES - 1), 0);
}

static void truncate_drops_what_others_share_a_whole_branch_at_once(void **state)
{
    (void)state;
    const uint64_t first = BRANCH - 2 * LEAF + 3;
    insert_range(0, 0, BRANCH + 200);
    insert_range(0, 2 * BRANCH, 2 * BRANCH + 5);
    clone_all(1, 0);
    assert_int_equal(model_own(1, first), j6_status_ok);
    assert_int_equal(step(1, first), LEAF - 3);
    assert_int_equal(step(1, first), LEAF);
    assert_int_equal(step(1, first), 200);
    assert_int_equal(step(1, first), 5);
    assert_int_equal(step(1, first), 0);
    assert_int_equal(page_tree_pages(&model_trees[0].tree), BRANCH + 205);
    model_end();
}

static void truncate_of_all_needs_no_way_of_its_own(void **state)
{
    (void)state;
    insert_range(0, 0, BRANCH + 1);
    clone_all(1, 0);
    assert_int_equal(step(1, 0), BRANCH + 1); /* the link to the root */
    assert_null(model_trees[1].tree.root);
    clone_all(1, 0);
    assert_int_equal(model_own(1, BRANCH), j6_status_ok);
    assert_int_equal(step(1, 0), BRANCH);
    assert_int_equal(step(1, 0), 1);
    model_end();
}

/* Nobody else sees them any more, so their nodes have to go one by one. */
static void truncate_drops_what_others_gave_up_by_leaves(void **state)
{
    (void)state;
    const uint64_t first = 10 * LEAF;
    insert_range(0, 0, BRANCH + 20 * LEAF);
    clone_all(1, 0);
    assert_int_equal(model_own(1, first), j6_status_ok);
    model_drop(0);
    unsigned steps = 0;
    for (uint64_t dropped = step(1, first); dropped > 0; dropped = step(1, first)) {
        assert_int_equal(dropped, LEAF);
        steps++;
    }
    assert_int_equal(steps, 54 + 20);
    assert_int_equal(page_tree_pages(&model_trees[1].tree), first);
    model_end();
}

static void pages_that_were_dropped_can_come_back(void **state)
{
    (void)state;
    insert_range(0, 0, 3 * LEAF);
    clone_all(1, 0);
    assert_int_equal(model_own(0, 10), j6_status_ok);
    while (step(0, 10) > 0) {}
    insert_range(0, 10, 2 * LEAF);
    model_check();
    model_find(0, 10);
    model_find(1, 10);
    model_end();
}

/* Truncates one of the trees at some number, with others changing theirs between the steps. */
static void truncate_anywhere(uint64_t width)
{
    unsigned tree = (unsigned)test_random_below(MODEL_TREES);
    uint64_t first = test_random_below(4) ? test_random_below(width) : 0;
    if (first > 0 && model_own(tree, first) != j6_status_ok) {
        return;
    }
    while (step(tree, first) > 0) {
        unsigned other = (tree + 1 + (unsigned)test_random_below(MODEL_TREES - 1)) % MODEL_TREES;
        uint64_t number = test_random_below(width);
        switch (test_random_below(6)) {
        case 0: (void)!model_insert(other, number); break;
        case 1: (void)!model_take(other, number, number + test_random_below(width)); break;
        case 2: model_drop_step(other); break;
        }
    }
}

static void trees_that_are_truncated_stay_what_arrays_say(void **state)
{
    (void)state;
    static const uint64_t widths[] = {3 * LEAF, BRANCH + LEAF, 1 << 20};
    for (unsigned round = 0; round < 300; round++) {
        uint64_t width = widths[round % 3];
        for (unsigned i = 0; i < 40; i++) {
            uint64_t number = test_random_below(width);
            (void)!model_insert((unsigned)test_random_below(MODEL_TREES), number);
        }
        unsigned source = (unsigned)test_random_below(MODEL_TREES);
        unsigned clone = (source + 1) % MODEL_TREES;
        assert_int_equal(model_clone(clone, source, test_random_below(2) * width / 3, UINT64_MAX),
                         j6_status_ok);
        model_nodes_left = test_random_below(4) == 0 ? (long)test_random_below(3) : -1;
        truncate_anywhere(width);
        model_nodes_left = -1;
    }
    model_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncate_drops_a_leaf_in_a_step),
        cmocka_unit_test(truncate_at_the_start_of_a_leaf_frees_it),
        cmocka_unit_test(truncate_steps_over_holes),
        cmocka_unit_test(truncate_of_an_empty_tree_drops_nothing),
        cmocka_unit_test(truncate_drops_what_others_share_a_whole_branch_at_once),
        cmocka_unit_test(truncate_of_all_needs_no_way_of_its_own),
        cmocka_unit_test(truncate_drops_what_others_gave_up_by_leaves),
        cmocka_unit_test(pages_that_were_dropped_can_come_back),
        cmocka_unit_test(trees_that_are_truncated_stay_what_arrays_say),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/page_tree.c mm/page_tree_count.c mm/page_tree_share.c mm/page_tree_take.c tests/host/page_tree_model.c tests/host/page_tree_model_check.c tests/host/page_tree_model_memory.c */
/* Page trees that share nodes: clones, who pays for a write, what goes when, and what it costs. */
#include "mm/page_tree.h"
#include "tests/host/page_tree_model.h"
#include <sanitizer/asan_interface.h>
#include <test.h>
#include <test_random.h>

static void insert(unsigned tree, uint64_t number)
{
    assert_int_equal(model_insert(tree, number), j6_status_ok);
}

static void insert_range(unsigned tree, uint64_t first, uint64_t end)
{
    for (uint64_t number = first; number < end; number++) {
        insert(tree, number);
    }
}

static void clone(unsigned to, unsigned from, uint64_t first, uint64_t end)
{
    assert_int_equal(model_clone(to, from, first, end), j6_status_ok);
    model_check();
}

/* How many nodes an operation makes. */
#define NODES_MADE(operation)                        \
    ({                                               \
        long made_before = model_nodes_made;         \
        assert_int_equal((operation), j6_status_ok); \
        model_check();                               \
        (int)(model_nodes_made - made_before);       \
    })

static void clone_of_everything_is_one_link(void **state)
{
    (void)state;
    insert_range(0, 0, 300);
    insert(0, 1ull << 35);
    assert_int_equal(NODES_MADE(model_clone(1, 0, 0, UINT64_MAX)), 0);
    assert_ptr_equal(model_trees[0].tree.root, model_trees[1].tree.root);
    assert_int_equal(NODES_MADE(model_clone(2, 1, 0, (1ull << 35) + 1)), 0);
    model_end();
}

static void clone_of_nothing_is_empty(void **state)
{
    (void)state;
    insert(0, 100);
    clone(1, 0, 0, 100);
    clone(2, 0, 101, UINT64_MAX);
    clone(3, 0, 100, 100);
    clone(4, 0, 101, 100);
    clone(5, 1, 0, UINT64_MAX);
    for (unsigned tree = 1; tree < MODEL_TREES; tree++) {
        assert_null(model_trees[tree].tree.root);
    }
    model_end();
}

static void clone_of_a_low_part_is_a_low_tree(void **state)
{
    (void)state;
    insert_range(0, 0, 70);
    insert(0, 1ull << 30);
    assert_int_equal(NODES_MADE(model_clone(1, 0, 0, 1000)), 0);
    assert_int_equal(model_trees[1].tree.root->level, 1);
    assert_int_equal(NODES_MADE(model_clone(2, 0, 0, 64)), 0);
    assert_int_equal(model_trees[2].tree.root->level, 0);
    assert_int_equal(NODES_MADE(model_clone(3, 0, 0, 10)), 1);
    model_end();
}

static void write_after_clone_copies_the_way_once(void **state)
{
    (void)state;
    insert_range(0, 0, 64 * 64 + 1);
    clone(1, 0, 0, UINT64_MAX);
    assert_false(page_tree_is_own(&model_trees[0].tree, 7));
    assert_int_equal(NODES_MADE(model_write(1, 7)), 3);
    assert_int_equal(NODES_MADE(model_write(1, 8)), 0);
    assert_int_equal(NODES_MADE(model_write(1, 64)), 1);
    assert_int_equal(NODES_MADE(model_write(0, 7)), 0); /* the old way is the other's alone */
    assert_int_equal(NODES_MADE(model_write(0, 128)), 1);
    assert_int_equal(NODES_MADE(model_write(1, 128)), 0);
    model_end();
}

static void write_after_the_others_have_gone_copies_nothing(void **state)
{
    (void)state;
    insert_range(0, 0, 200);
    clone(1, 0, 0, UINT64_MAX);
    clone(2, 1, 0, UINT64_MAX);
    model_find(1, 5);
    model_drop(0);
    assert_false(page_tree_is_own(&model_trees[1].tree, 5));
    model_drop(2);
    assert_true(page_tree_is_own(&model_trees[1].tree, 5));
    paddr_t page = model_page_at(&model_trees[1], 5);
    assert_int_equal(NODES_MADE(model_write(1, 5)), 0);
    assert_int_equal(model_page_at(&model_trees[1], 5), page);
    model_end();
}

static void insert_into_a_clone_leaves_the_source_alone(void **state)
{
    (void)state;
    insert(0, 0);
    insert(0, 64);
    clone(1, 0, 0, UINT64_MAX);
    assert_int_equal(NODES_MADE(model_insert(1, 65)), 2);
    assert_int_equal(NODES_MADE(model_insert(1, 66)), 0);
    assert_int_equal(NODES_MADE(model_insert(0, 128)), 1); /* its root is its own again */
    assert_int_equal(NODES_MADE(model_insert(0, 1)), 1);
    model_end();
}

static void insert_above_a_shared_root_doesnt_copy_it(void **state)
{
    (void)state;
    insert_range(0, 0, 65);
    clone(1, 0, 0, UINT64_MAX);
    assert_int_equal(NODES_MADE(model_insert(1, 64 * 64)), 3);
    assert_ptr_equal(model_trees[1].tree.root->children[0], model_trees[0].tree.root);
    assert_int_equal(model_take(1, 64, UINT64_MAX), j6_status_ok);
    assert_int_equal(model_trees[1].tree.root->level, 0);
    model_end();
}

static void take_of_a_whole_shared_leaf_takes_its_link(void **state)
{
    (void)state;
    struct page_taken taken;
    uint64_t number = 64;
    insert_range(0, 0, 192);
    clone(1, 0, 0, UINT64_MAX);
    const struct page_tree_node *leaf = model_trees[0].tree.root->children[1];
    assert_int_equal(page_tree_take(&model_trees[1].tree, &number, 192, &taken), j6_status_ok);
    assert_ptr_equal(taken.leaf, leaf);
    assert_int_equal(taken.removed, 64);
    assert_int_equal(page_tree_pages(&model_trees[0].tree), 192);
    model_drop(0); /* the link keeps what TLBs may still know */
    assert_int_equal(model_refs[leaf->pages_at[5] >> PAGE_SHIFT], 1);
    page_tree_taken_put(&taken);
    while (page_tree_drop_step(&model_trees[1].tree)) {}
    model_trees[1].count = 0;
    model_end();
}

static void drop_stops_at_shared_nodes(void **state)
{
    (void)state;
    insert_range(0, 0, 64 * 64);
    insert(0, 64 * 64);
    clone(1, 0, 0, UINT64_MAX);
    assert_false(model_drop_step(1)); /* the root */
    clone(1, 0, 0, UINT64_MAX);
    assert_int_equal(model_write(1, 64 * 64), j6_status_ok);
    assert_true(model_drop_step(1)); /* the 4096 pages below the first child */
    model_check();
    assert_int_equal(page_tree_pages(&model_trees[1].tree), 1);
    assert_false(model_drop_step(1));
    clone(1, 0, 0, UINT64_MAX);
    model_drop(0);
    int steps = 1;
    for (; model_drop_step(1); steps++) {
        model_check();
    }
    assert_int_equal(steps, 65); /* what is nobody else's goes by leaves */
    model_end();
}

/* ---- costs ------------------------------------------------------------------------------------- */

static void clone_number_100_costs_what_the_first_did(void **state)
{
    (void)state;
    insert_range(0, 10, 5000);
    insert(0, 1 << 20);
    int first = NODES_MADE(model_clone(1, 0, 100, 4900));
    assert_in_range(first, 1, 6);
    int level = (int)model_trees[1].tree.root->level;
    unsigned source = 1;
    for (int generation = 2; generation <= 100; generation++) {
        unsigned next = source == 1 ? 2 : 1; /* what it came from is dropped */
        assert_int_equal(NODES_MADE(model_clone(next, source, 0, UINT64_MAX)), 0);
        assert_int_equal(NODES_MADE(model_write(next, 1000)), level + 1);
        assert_int_equal(model_trees[next].tree.root->level, level);
        source = next;
    }
    assert_int_equal(NODES_MADE(model_clone(3, source, 100, 4900)), 0);
    model_write(0, 1000); /* the first one, which shares it with the 100th */
    assert_int_equal(NODES_MADE(model_clone(4, 0, 100, 4900)), first);
    model_end();
}

/* Below are nodes that nothing must look at: the sanitizer ends the test. Returns how many. */
static int forbid_nodes_below(struct page_tree_node *node)
{
    int count = 0;
    for (unsigned slot = 0; node->level > 0 && slot < PAGE_TREE_FANOUT; slot++) {
        if (node->children[slot] != NULL) {
            count += 1 + forbid_nodes_below(node->children[slot]);
            ASAN_POISON_MEMORY_REGION(node->children[slot], sizeof(*node));
        }
    }
    return count;
}

static void allow_nodes_below(struct page_tree_node *node)
{
    for (unsigned slot = 0; node->level > 0 && slot < PAGE_TREE_FANOUT; slot++) {
        if (node->children[slot] != NULL) {
            ASAN_UNPOISON_MEMORY_REGION(node->children[slot], sizeof(*node));
            allow_nodes_below(node->children[slot]);
        }
    }
}

/* Three levels, a page in each of 4096 leaves, under one more page far away. */
static void grow_wide_tree(void)
{
    for (uint64_t number = 0; number < 1 << 18; number += 64) {
        insert(0, number);
    }
    insert(0, 1 << 18);
}

static void clone_of_a_large_tree_looks_at_its_root_alone(void **state)
{
    (void)state;
    grow_wide_tree();
    struct page_tree_node *root = model_trees[0].tree.root;
    page_tree_count(&model_trees[0].tree, 0, 1);
    assert_in_range(forbid_nodes_below(root), 4096, 4200);
    assert_int_equal(page_tree_clone(&model_trees[1].tree, &model_trees[0].tree, 0, UINT64_MAX),
                     j6_status_ok);
    assert_int_equal(page_tree_pages(&model_trees[1].tree), 4097);
    assert_false(page_tree_drop_step(&model_trees[1].tree));
    allow_nodes_below(root);
    model_end();
}

/* Those that lie wholly inside the range, and their neighbours, may be linked but not entered. */
static void clone_of_a_range_looks_at_the_nodes_of_its_ends(void **state)
{
    (void)state;
    grow_wide_tree();
    struct page_tree_node *top = model_trees[0].tree.root->children[0];
    page_tree_count(&model_trees[0].tree, 0, 1);
    for (unsigned slot = 0; slot < PAGE_TREE_FANOUT; slot++) {
        if (slot != 3 && slot != 60) {
            forbid_nodes_below(top->children[slot]);
        }
    }
    long before = model_nodes_made;
    const uint64_t first = (3 << 12) + (9 << 6) + 1;
    const uint64_t end = (60 << 12) + (50 << 6) + 1;
    assert_int_equal(page_tree_clone(&model_trees[1].tree, &model_trees[0].tree, first, end),
                     j6_status_ok);
    assert_int_equal(model_nodes_made - before, 3); /* one at the top, one at each end */
    assert_int_equal(page_tree_pages(&model_trees[1].tree), 54 + 56 * 64 + 51);
    assert_int_equal(page_tree_count(&model_trees[1].tree, 0, 10 << 12), 54 + 6 * 64);
    while (page_tree_drop_step(&model_trees[1].tree)) {}
    allow_nodes_below(top);
    model_end();
}

/* ---- without memory ---------------------------------------------------------------------------- */

/* Repeats an operation with 0, 1, 2 … nodes to be had, until it succeeds; it needs how many? */
#define NODES_NEEDED(operation)                \
    ({                                         \
        long allowed = -1;                     \
        j6_status_t node_status;               \
        do {                                   \
            model_nodes_left = ++allowed;      \
            node_status = (operation);         \
            model_nodes_left = -1;             \
            model_check();                     \
        } while (node_status != j6_status_ok); \
        (int)allowed;                          \
    })

static void clone_without_memory_leaves_the_clone_empty(void **state)
{
    (void)state;
    insert_range(0, 60, 70);
    insert_range(0, 4090, 4100);
    insert(0, 1 << 20);
    insert(0, (1 << 20) + 1);
    assert_int_equal(NODES_NEEDED(model_clone(1, 0, 61, 1 << 20)), 4);
    assert_int_equal(NODES_NEEDED(model_clone(2, 0, 65, 4095)), 3);
    assert_int_equal(NODES_NEEDED(model_clone(3, 0, 4091, (1 << 20) + 1)), 7);
    assert_int_equal(NODES_NEEDED(model_clone(4, 0, 60, (1 << 20) + 1)), 4);
    model_end();
}

static void copies_without_memory_change_no_page(void **state)
{
    (void)state;
    insert_range(0, 0, 130);
    insert(0, 1ull << 35);
    clone(1, 0, 0, UINT64_MAX);
    uint64_t number = 60;
    /* Five or six nodes each: what was copied stays, so that 0 + 1 + 2 + 3 are enough. */
    assert_int_equal(NODES_NEEDED(model_write(1, 3)), 3);
    clone(2, 0, 0, UINT64_MAX);
    assert_int_equal(NODES_NEEDED(model_insert(2, 200)), 3);
    clone(3, 0, 0, UINT64_MAX);
    assert_int_equal(NODES_NEEDED(model_take_step(3, &number, 64)), 3);
    clone(4, 0, 0, UINT64_MAX);
    number = 64;
    assert_int_equal(NODES_NEEDED(model_take_step(4, &number, 128)), 3);
    model_end();
}

/* ---- all small cases, and random ones -------------------------------------------------------------- */

static const uint64_t numbers[] = {0, 63, 64, 1 << 24, (1ull << 36) - 1};
static const uint64_t points[] = {0, 1, 64, 65, 4096, (1 << 24) + 1, 1ull << 36};

enum {
    NUMBERS = sizeof(numbers) / sizeof(numbers[0]),
    POINTS = sizeof(points) / sizeof(points[0]),
};

/* Changes one of two trees in the n-th way; false: there is none. */
static bool change(unsigned tree, unsigned n)
{
    if (n < NUMBERS) {
        bool there = model_page_at(&model_trees[tree], numbers[n]) != 0;
        j6_status_t status = there ? model_write(tree, numbers[n]) : model_insert(tree, numbers[n]);
        assert_int_equal(status, j6_status_ok);
        return true;
    }
    unsigned first = (n - NUMBERS) / POINTS;
    unsigned end = (n - NUMBERS) % POINTS;
    if (first < POINTS && first < end) {
        assert_int_equal(model_take(tree, points[first], points[end]), j6_status_ok);
    }
    return first < POINTS;
}

static void try_small_case(unsigned set, uint64_t first, uint64_t end)
{
    for (unsigned tree = 0; tree < 2; tree++) {
        for (unsigned n = 0;; n++) {
            for (unsigned i = 0; i < NUMBERS; i++) {
                if (set >> i & 1) {
                    insert(0, numbers[i]);
                }
            }
            clone(1, 0, first, end);
            bool more = change(tree, n);
            model_check();
            model_drop(tree);
            model_check();
            model_drop(1 - tree);
            model_put();
            assert_int_equal(model_nodes_live, 0);
            if (!more) {
                break;
            }
        }
    }
}

static void every_change_of_every_small_clone_is_right(void **state)
{
    (void)state;
    for (unsigned set = 0; set < 1 << NUMBERS; set++) {
        for (unsigned first = 0; first < POINTS; first++) {
            for (unsigned end = first + 1; end < POINTS; end++) {
                try_small_case(set, points[first], points[end]);
            }
        }
    }
    model_end();
}

/* Numbers that meet often: dense, in clusters, anywhere. */
static uint64_t random_number(int kind)
{
    switch (kind) {
    case 0: return test_random_below(300);
    case 1: return test_random_below(8) << (6 * test_random_below(6)) | test_random_below(64);
    default: return test_random_magnitude() % (PAGE_TREE_PAGES + 2);
    }
}

/* A number at which the tree has a page, or any. */
static uint64_t some_number(unsigned tree, int kind)
{
    const struct model_tree *model = &model_trees[tree];
    bool any = model->count == 0 || test_random_below(4) == 0;
    return any ? random_number(kind) : model->entries[test_random_below(model->count)].number;
}

static void random_operation(int kind)
{
    unsigned tree = (unsigned)test_random_below(MODEL_TREES);
    unsigned other = (tree + 1 + (unsigned)test_random_below(MODEL_TREES - 1)) % MODEL_TREES;
    uint64_t number = some_number(tree, kind);
    uint64_t end = test_random_below(3) ? some_number(tree, kind) : UINT64_MAX;
    uint64_t action = test_random_below(100);
    if (action < 35) {
        (void)!model_insert(tree, random_number(kind));
    } else if (action < 50) {
        if (model_page_at(&model_trees[tree], number) != 0) {
            (void)!model_write(tree, number);
        }
    } else if (action < 54) {
        (void)!model_own(tree, number);
    } else if (action < 62) {
        model_find(tree, number);
    } else if (action < 70) {
        model_next(tree, number);
    } else if (action < 78) {
        model_count(tree, number, end);
    } else if (action < 88) {
        (void)!model_take_step(tree, &number, number + test_random_below(130));
    } else if (action < 92) {
        (void)!model_take(tree, number, end);
    } else if (action < 94) {
        model_put();
    } else if (action < 99) {
        (void)!model_clone(other, tree, test_random_below(2) ? 0 : number, end);
    } else {
        model_drop_step(tree);
    }
}

static void random_operations(bool with_failures)
{
    for (int round = 0; round < 24; round++) {
        for (int i = 0; i < 1500; i++) {
            if (with_failures && test_random_below(2) == 0) {
                model_nodes_left = (long)test_random_below(4);
            }
            random_operation(round % 3);
            model_nodes_left = -1;
            model_check();
        }
        model_end();
    }
}

static void trees_do_what_sorted_arrays_do(void **state)
{
    (void)state;
    random_operations(false);
}

static void trees_do_what_sorted_arrays_do_when_nodes_run_out(void **state)
{
    (void)state;
    random_operations(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clone_of_everything_is_one_link),
        cmocka_unit_test(clone_of_nothing_is_empty),
        cmocka_unit_test(clone_of_a_low_part_is_a_low_tree),
        cmocka_unit_test(write_after_clone_copies_the_way_once),
        cmocka_unit_test(write_after_the_others_have_gone_copies_nothing),
        cmocka_unit_test(insert_into_a_clone_leaves_the_source_alone),
        cmocka_unit_test(insert_above_a_shared_root_doesnt_copy_it),
        cmocka_unit_test(take_of_a_whole_shared_leaf_takes_its_link),
        cmocka_unit_test(drop_stops_at_shared_nodes),
        cmocka_unit_test(clone_number_100_costs_what_the_first_did),
        cmocka_unit_test(clone_of_a_large_tree_looks_at_its_root_alone),
        cmocka_unit_test(clone_of_a_range_looks_at_the_nodes_of_its_ends),
        cmocka_unit_test(clone_without_memory_leaves_the_clone_empty),
        cmocka_unit_test(copies_without_memory_change_no_page),
        cmocka_unit_test(every_change_of_every_small_clone_is_right),
        cmocka_unit_test(trees_do_what_sorted_arrays_do),
        cmocka_unit_test(trees_do_what_sorted_arrays_do_when_nodes_run_out),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

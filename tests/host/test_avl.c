/* SPDX-License-Identifier: MIT */
/* SOURCES: lib/avl.c tests/host/avl_model.c */
/* The balanced tree against a model; the model's own assertions are the test. */
#include "tests/host/avl_model.h"
#include <test.h>
#include <test_random.h>

static struct avl_model model;

static void avl_of_nothing_has_no_first_node(void **state)
{
    (void)state;
    avl_model_init(&model);
    avl_model_check(&model);
}

static void avl_insert_refuses_an_equal_node(void **state)
{
    (void)state;
    avl_model_init(&model);
    avl_model_insert(&model, 5);
    avl_model_insert(&model, 5);
    avl_model_check(&model);
}

static void avl_stays_balanced_under_sorted_input(void **state)
{
    (void)state;
    avl_model_init(&model);
    for (unsigned key = 0; key < AVL_MODEL_KEYS; key++) {
        avl_model_insert(&model, key);
        avl_model_check(&model);
    }
    assert_in_range(model.tree.root->height, 8, 11); /* 1.44 log2 n at most */
    for (unsigned key = AVL_MODEL_KEYS; key-- > 0;) {
        avl_model_remove(&model, key);
        avl_model_check(&model);
    }
    assert_null(model.tree.root);
}

static void avl_removed_node_can_be_inserted_again(void **state)
{
    (void)state;
    avl_model_init(&model);
    avl_model_insert(&model, 7);
    avl_model_remove(&model, 7);
    avl_model_insert(&model, 7);
    avl_model_check(&model);
}

enum { FEW = 7 };

/* Builds the tree from the permutation and takes each key out of it in turn. */
static void try_permutation(const unsigned *order)
{
    for (unsigned victim = 0; victim < FEW; victim++) {
        avl_model_init(&model);
        for (int i = 0; i < FEW; i++) {
            avl_model_insert(&model, order[i]);
        }
        avl_model_check(&model);
        avl_model_remove(&model, victim);
        avl_model_check(&model);
    }
}

/* Heap's algorithm. */
static void permute(unsigned *order, int count)
{
    if (count == 1) {
        try_permutation(order);
        return;
    }
    for (int i = 0; i < count; i++) {
        permute(order, count - 1);
        int other = count % 2 == 0 ? i : 0;
        unsigned kept = order[other];
        order[other] = order[count - 1];
        order[count - 1] = kept;
    }
}

static void avl_is_right_for_every_order_of_seven(void **state)
{
    (void)state;
    unsigned order[FEW] = {0, 1, 2, 3, 4, 5, 6};
    permute(order, FEW);
}

static void random_operations(unsigned keys, int count)
{
    avl_model_init(&model);
    for (int i = 0; i < count; i++) {
        unsigned key = (unsigned)test_random_below(keys);
        switch (test_random_below(3)) {
        case 0: avl_model_insert(&model, key); break;
        case 1: avl_model_remove(&model, key); break;
        case 2: avl_model_set_value(&model, key, (unsigned)test_random()); break;
        }
        avl_model_check(&model);
    }
}

static void avl_does_what_a_sorted_array_does(void **state)
{
    (void)state;
    random_operations(20, 100000);
    random_operations(AVL_MODEL_KEYS, 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(avl_of_nothing_has_no_first_node),
        cmocka_unit_test(avl_insert_refuses_an_equal_node),
        cmocka_unit_test(avl_stays_balanced_under_sorted_input),
        cmocka_unit_test(avl_removed_node_can_be_inserted_again),
        cmocka_unit_test(avl_is_right_for_every_order_of_seven),
        cmocka_unit_test(avl_does_what_a_sorted_array_does),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

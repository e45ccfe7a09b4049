/* SPDX-License-Identifier: MIT */
/* SOURCES: */
/* The intrusive list: order, links, and walks during which elements go. */
#include "lib/list.h"
#include <string.h>
#include <test.h>

struct item {
    int value;
    struct list_node node;
};

/* The values front to back as digits: 1 2 3 is 123. Both directions must agree. */
static int digits(const struct list *list)
{
    int forward = 0;
    int backward = 0;
    int place = 1;
    list_for_each(node, list) {
        forward = forward * 10 + container_of(node, struct item, node)->value;
    }
    for (struct list_node *node = list->head.prev; node != &list->head; node = node->prev) {
        backward += container_of(node, struct item, node)->value * place;
        place *= 10;
    }
    assert_int_equal(forward, backward);
    return forward;
}

static struct item items[5];

static int set_up(void **state)
{
    (void)state;
    memset(items, 0, sizeof(items));
    for (int i = 0; i < 5; i++) {
        items[i].value = i;
    }
    return 0;
}

static void fill(struct list *list)
{
    list_init(list);
    for (int i = 1; i < 5; i++) {
        list_push_back(list, &items[i].node);
    }
}

static void list_that_is_new_is_empty(void **state)
{
    (void)state;
    struct list list = LIST_INITIALIZER(list);
    assert_true(list_is_empty(&list));
    assert_null(list_first(&list));
    assert_null(list_last(&list));
    assert_null(list_pop_front(&list));
    list_init(&list);
    assert_true(list_is_empty(&list));
}

static void list_keeps_the_order_of_pushes(void **state)
{
    (void)state;
    struct list list = LIST_INITIALIZER(list);
    list_push_back(&list, &items[2].node);
    list_push_back(&list, &items[3].node);
    list_push_front(&list, &items[1].node);
    assert_int_equal(digits(&list), 123);
    list_insert_before(&items[3].node, &items[4].node);
    assert_int_equal(digits(&list), 1243);
    assert_ptr_equal(list_first(&list), &items[1].node);
    assert_ptr_equal(list_last(&list), &items[3].node);
}

static void list_node_is_linked_from_push_to_remove(void **state)
{
    (void)state;
    struct list list = LIST_INITIALIZER(list);
    assert_false(list_is_linked(&items[1].node));
    list_push_back(&list, &items[1].node);
    assert_true(list_is_linked(&items[1].node));
    list_remove(&items[1].node);
    assert_false(list_is_linked(&items[1].node));
    assert_true(list_is_empty(&list));
}

static void list_remove_works_at_the_ends_and_inside(void **state)
{
    (void)state;
    struct list list;
    fill(&list);
    list_remove(&items[2].node);
    assert_int_equal(digits(&list), 134);
    list_remove(&items[1].node);
    assert_int_equal(digits(&list), 34);
    list_remove(&items[4].node);
    assert_int_equal(digits(&list), 3);
}

static void list_pop_front_takes_the_oldest(void **state)
{
    (void)state;
    struct list list;
    fill(&list);
    assert_ptr_equal(list_pop_front(&list), &items[1].node);
    assert_false(list_is_linked(&items[1].node));
    assert_int_equal(digits(&list), 234);
}

static void list_append_moves_everything(void **state)
{
    (void)state;
    struct list list;
    struct list other = LIST_INITIALIZER(other);
    fill(&list);
    list_append(&list, &other);
    assert_int_equal(digits(&list), 1234);
    list_append(&other, &list);
    assert_true(list_is_empty(&list));
    assert_int_equal(digits(&other), 1234);
    list_remove(&items[4].node);
    list_push_back(&list, &items[4].node);
    list_append(&list, &other);
    assert_int_equal(digits(&list), 4123);
}

static void list_for_each_safe_lets_elements_go(void **state)
{
    (void)state;
    struct list list;
    fill(&list);
    list_for_each_safe(node, &list) {
        if (container_of(node, struct item, node)->value % 2 == 0) {
            list_remove(node);
        }
    }
    assert_int_equal(digits(&list), 13);
}

static void list_for_each_entry_visits_all_in_order(void **state)
{
    (void)state;
    struct list list;
    struct item *item;
    int seen = 0;
    fill(&list);
    list_for_each_entry(item, &list, node) {
        seen = seen * 10 + item->value;
    }
    assert_int_equal(seen, 1234);
    list_for_each_entry_safe(item, &list, node) {
        list_remove(&item->node);
    }
    assert_true(list_is_empty(&list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(list_that_is_new_is_empty, set_up),
        cmocka_unit_test_setup(list_keeps_the_order_of_pushes, set_up),
        cmocka_unit_test_setup(list_node_is_linked_from_push_to_remove, set_up),
        cmocka_unit_test_setup(list_remove_works_at_the_ends_and_inside, set_up),
        cmocka_unit_test_setup(list_pop_front_takes_the_oldest, set_up),
        cmocka_unit_test_setup(list_append_moves_everything, set_up),
        cmocka_unit_test_setup(list_for_each_safe_lets_elements_go, set_up),
        cmocka_unit_test_setup(list_for_each_entry_visits_all_in_order, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

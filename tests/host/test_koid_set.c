/* SPDX-License-Identifier: MIT */
/* SOURCES: kernel/base/koid_set.c lib/avl.c */
/* Sets of koids, beside an array that says which are in. */
#include "kernel/base/koid_set.h"
#include <test.h>
#include <test_random.h>

enum { KOIDS = 300, OPERATIONS = 100000 };

static struct koid_node nodes[KOIDS];
static bool is_in[KOIDS];

static const struct koid_node *expected_from(j6_koid_t koid)
{
    while (koid < KOIDS && !is_in[koid]) {
        koid++;
    }
    return koid < KOIDS ? &nodes[koid] : NULL;
}

static void koid_set_does_what_an_array_does(void **state)
{
    (void)state;
    struct koid_set set = {.count = 0};
    uint32_t count = 0;
    for (int i = 0; i < OPERATIONS; i++) {
        j6_koid_t koid = test_random_below(KOIDS);
        if (is_in[koid]) {
            koid_set_remove(&set, &nodes[koid]);
        } else {
            koid_set_add(&set, &nodes[koid], koid);
        }
        is_in[koid] = !is_in[koid];
        count += is_in[koid] ? 1 : -1u;
        assert_int_equal(set.count, count);
        j6_koid_t from = test_random_below(KOIDS + 10);
        assert_ptr_equal(koid_set_from(&set, from), expected_from(from));
    }
    assert_null(koid_set_from(&set, UINT64_MAX));
}

static void koid_set_is_empty_when_zeroed(void **state)
{
    (void)state;
    struct koid_set set = {.count = 0};
    assert_null(koid_set_from(&set, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(koid_set_is_empty_when_zeroed),
        cmocka_unit_test(koid_set_does_what_an_array_does),
    };
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

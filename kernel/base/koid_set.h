/* SPDX-License-Identifier: MIT */
/*
 * Objects by their koids: found in O(log n), and listed in order by who remembers nothing but the last
 * koid, so that it can let go of the lock between one and the next. Locking is the owner's.
 */
#pragma once
#include "lib/avl.h"
#include <j6/types.h>

struct koid_node {
    struct avl_node node; /* its value: the koid */
};

/* A zeroed set is empty. */
struct koid_set {
    struct avl_tree tree;
    uint32_t count;
};

void koid_set_add(struct koid_set *set, struct koid_node *node, j6_koid_t koid);
void koid_set_remove(struct koid_set *set, struct koid_node *node);

/* The first one with that koid or a larger one; NULL: there is none. */
struct koid_node *koid_set_from(const struct koid_set *set, j6_koid_t koid);

/* The one behind another; NULL: that is the last. */
struct koid_node *koid_set_next(const struct koid_node *node);

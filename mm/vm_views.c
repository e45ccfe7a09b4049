/* SPDX-License-Identifier: MIT */
/* The interval tree of an area's views, as described in vm_views.h. */
#include "mm/vm_views.h"
#include "lib/container.h"
#include "mm/vm_space.h"

static struct view_node *view_of(const struct avl_node *node)
{
    return node != NULL ? container_of(node, struct view_node, node) : NULL;
}

static struct vm_mapping *mapping_of(const struct view_node *view)
{
    return container_of(view, struct vm_mapping, view);
}

/* By offset; of equal ones by address, since many mappings may begin at one offset. */
static int compare(const void *key, const struct avl_node *node)
{
    const struct view_node *a = key;
    const struct view_node *b = view_of(node);
    if (a->first != b->first) {
        return a->first < b->first ? -1 : 1;
    }
    return a < b ? -1 : a > b;
}

void view_set_init(struct view_set *set)
{
    set->tree = (struct avl_tree){.root = NULL};
}

void view_insert(struct view_set *set, struct vm_mapping *mapping, uint64_t first, uint64_t last)
{
    struct view_node *view = &mapping->view;
    view->first = first;
    view->node.value = last;
    bool inserted = avl_insert(&set->tree, &view->node, view, compare);
    assert(inserted);
}

void view_remove(struct view_set *set, struct vm_mapping *mapping)
{
    avl_remove(&set->tree, &mapping->view.node);
}

void view_set_last(struct vm_mapping *mapping, uint64_t last)
{
    mapping->view.node.value = last;
    avl_value_changed(&mapping->view.node);
}

static bool reaches(const struct avl_node *node, uint64_t first)
{
    return node != NULL && node->max >= first;
}

/* The first of a subtree that reaches `first`. What is left of a view begins no later than it. */
static const struct view_node *first_below(const struct avl_node *node, uint64_t first,
                                           uint64_t last)
{
    while (node != NULL) {
        const struct view_node *view = view_of(node);
        if (reaches(node->child[0], first)) {
            node = node->child[0];
        } else if (view->first > last) {
            return NULL;
        } else if (node->value >= first) {
            return view;
        } else {
            node = reaches(node->child[1], first) ? node->child[1] : NULL;
        }
    }
    return NULL;
}

/* The nearest ancestor that lies behind the node, or NULL. */
static const struct avl_node *ancestor_behind(const struct avl_node *node)
{
    while (node->parent != NULL && node->parent->child[1] == node) {
        node = node->parent;
    }
    return node->parent;
}

struct vm_mapping *view_first(const struct view_set *set, uint64_t first, uint64_t last)
{
    const struct view_node *found = first_below(set->tree.root, first, last);
    return found != NULL ? mapping_of(found) : NULL;
}

struct vm_mapping *view_next(const struct vm_mapping *mapping, uint64_t first, uint64_t last)
{
    const struct avl_node *node = &mapping->view.node;
    const struct view_node *found = NULL;
    if (reaches(node->child[1], first)) {
        found = first_below(node->child[1], first, last);
        return found != NULL ? mapping_of(found) : NULL;
    }
    while ((node = ancestor_behind(node)) != NULL && view_of(node)->first <= last) {
        if (node->value >= first) {
            return mapping_of(view_of(node));
        }
        if (reaches(node->child[1], first)) {
            found = first_below(node->child[1], first, last);
            return found != NULL ? mapping_of(found) : NULL;
        }
    }
    return NULL;
}

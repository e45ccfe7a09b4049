/* SPDX-License-Identifier: MIT */
/* The set of mappings as described in vm_mapping.h. */
#include "mm/vm_mapping.h"
#include "lib/container.h"

static struct vm_mapping *mapping_of(const struct avl_node *node)
{
    return node != NULL ? container_of(node, struct vm_mapping, node) : NULL;
}

/* A node's value is the gap before the mapping. */
static uint64_t largest_gap(const struct avl_node *node)
{
    return node != NULL ? node->max : 0;
}

void mapping_set_init(struct avl_tree *set)
{
    *set = (struct avl_tree){.root = NULL};
}

struct vm_mapping *mapping_from(const struct avl_tree *set, vaddr_t address)
{
    struct vm_mapping *found = NULL;
    const struct avl_node *node = set->root;
    while (node != NULL) {
        struct vm_mapping *mapping = mapping_of(node);
        bool below = mapping->end <= address;
        found = below ? found : mapping;
        node = node->child[below];
    }
    return found;
}

struct vm_mapping *mapping_find(const struct avl_tree *set, vaddr_t address)
{
    struct vm_mapping *mapping = mapping_from(set, address);
    return mapping != NULL && mapping->start <= address ? mapping : NULL;
}

struct vm_mapping *mapping_last(const struct avl_tree *set)
{
    return mapping_of(avl_last(set));
}

struct vm_mapping *mapping_next(const struct vm_mapping *mapping)
{
    return mapping_of(avl_next(&mapping->node));
}

struct vm_mapping *mapping_prev(const struct vm_mapping *mapping)
{
    return mapping_of(avl_prev(&mapping->node));
}

/* Where the gap before a mapping begins. */
static vaddr_t gap_start(const struct vm_mapping *mapping)
{
    return mapping->start - mapping->node.value;
}

/* The end of them all. */
static vaddr_t last_end(const struct avl_tree *set)
{
    const struct vm_mapping *last = mapping_last(set);
    return last != NULL ? last->end : 0;
}

/* The gap before a mapping begins at `from` now. gap_changed must follow. */
static void set_gap(struct vm_mapping *mapping, vaddr_t from)
{
    if (mapping != NULL) { /* behind the last there is none to keep */
        mapping->node.value = mapping->start - from;
    }
}

static void gap_changed(struct vm_mapping *mapping)
{
    if (mapping != NULL) {
        avl_value_changed(&mapping->node);
    }
}

void mapping_insert_before(struct avl_tree *set, struct vm_mapping *mapping,
                           struct vm_mapping *next)
{
    set_gap(mapping, next != NULL ? gap_start(next) : last_end(set));
    set_gap(next, mapping->end);
    avl_insert_before(set, &mapping->node, next != NULL ? &next->node : NULL);
    gap_changed(next);
}

bool mapping_insert(struct avl_tree *set, struct vm_mapping *mapping)
{
    struct vm_mapping *next = mapping_from(set, mapping->start);
    if (next != NULL && next->start < mapping->end) {
        return false;
    }
    mapping_insert_before(set, mapping, next);
    return true;
}

void mapping_remove(struct avl_tree *set, struct vm_mapping *mapping)
{
    struct vm_mapping *next = mapping_next(mapping);
    set_gap(next, gap_start(mapping));
    avl_remove(set, &mapping->node);
    gap_changed(next);
}

bool mapping_move(struct vm_mapping *mapping, vaddr_t start, vaddr_t end)
{
    struct vm_mapping *next = mapping_next(mapping);
    vaddr_t from = gap_start(mapping);
    if ((next != NULL && end > next->start) || start < from) {
        return false;
    }
    mapping->start = start;
    mapping->end = end;
    set_gap(mapping, from);
    gap_changed(mapping);
    set_gap(next, end);
    gap_changed(next);
    return true;
}

/* The first mapping behind this one, in address order, with a gap of len before it. */
static struct vm_mapping *next_with_gap(const struct vm_mapping *mapping, uint64_t len)
{
    const struct avl_node *node = &mapping->node;
    const struct avl_node *down = node->child[1];
    while (largest_gap(down) < len) {
        /* Up to the first ancestor that is larger; then it, then what is right of it. */
        const struct avl_node *parent = node->parent;
        while (parent != NULL && parent->child[1] == node) {
            node = parent;
            parent = node->parent;
        }
        if (parent == NULL) {
            return NULL;
        }
        if (parent->value >= len) {
            return mapping_of(parent);
        }
        node = parent;
        down = node->child[1];
    }
    while (largest_gap(down->child[0]) >= len || down->value < len) {
        down = largest_gap(down->child[0]) >= len ? down->child[0] : down->child[1];
    }
    return mapping_of(down);
}

vaddr_t mapping_room(const struct avl_tree *set, vaddr_t low, vaddr_t high, uint64_t len,
                     struct vm_mapping **out_next)
{
    vaddr_t place = low;
    struct vm_mapping *next = mapping_from(set, low);
    if (next != NULL && next->start <= low) {
        place = next->end;
        next = mapping_next(next);
    }
    if (next != NULL && next->start - place < len) {
        next = next_with_gap(next, len);
        place = next != NULL ? gap_start(next) : last_end(set);
    }
    if (place >= high || high - place < len) {
        return 0;
    }
    *out_next = next;
    return place;
}

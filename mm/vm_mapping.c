/* SPDX-License-Identifier: MIT */
/* The set of mappings as described in vm_mapping.h. */
#include "mm/vm_mapping.h"
#include "lib/container.h"

static struct vm_mapping *mapping_of(const struct avl_node *node)
{
    return node != NULL ? container_of(node, struct vm_mapping, node) : NULL;
}

static uint64_t largest_gap(const struct avl_node *node)
{
    return node != NULL ? mapping_of(node)->max_gap : 0;
}

static void update(struct avl_node *node)
{
    struct vm_mapping *mapping = mapping_of(node);
    mapping->max_gap = mapping->gap;
    for (unsigned side = 0; side < 2; side++) {
        if (largest_gap(node->child[side]) > mapping->max_gap) {
            mapping->max_gap = largest_gap(node->child[side]);
        }
    }
}

static int compare(const void *key, const struct avl_node *node)
{
    vaddr_t address = *(const vaddr_t *)key;
    vaddr_t start = mapping_of(node)->start;
    return address < start ? -1 : address > start;
}

void mapping_set_init(struct avl_tree *set)
{
    *set = (struct avl_tree){.update = update};
}

struct vm_mapping *mapping_find(const struct avl_tree *set, vaddr_t address)
{
    struct vm_mapping *mapping = mapping_of(avl_floor(set, &address, compare));
    return mapping != NULL && address < mapping->end ? mapping : NULL;
}

struct vm_mapping *mapping_from(const struct avl_tree *set, vaddr_t address)
{
    struct vm_mapping *mapping = mapping_find(set, address);
    return mapping != NULL ? mapping : mapping_of(avl_ceiling(set, &address, compare));
}

struct vm_mapping *mapping_next(const struct vm_mapping *mapping)
{
    return mapping_of(avl_next(&mapping->node));
}

struct vm_mapping *mapping_prev(const struct vm_mapping *mapping)
{
    return mapping_of(avl_prev(&mapping->node));
}

static vaddr_t end_before(const struct vm_mapping *mapping)
{
    const struct vm_mapping *prev = mapping_prev(mapping);
    return prev != NULL ? prev->end : 0;
}

/* Reckons the gap before a mapping anew; NULL: behind the last there is none to keep. */
static void gap_changed(struct avl_tree *set, struct vm_mapping *mapping)
{
    if (mapping != NULL) {
        mapping->gap = mapping->start - end_before(mapping);
        avl_node_changed(set, &mapping->node);
    }
}

bool mapping_insert(struct avl_tree *set, struct vm_mapping *mapping)
{
    const struct vm_mapping *next = mapping_from(set, mapping->start);
    if (next != NULL && next->start < mapping->end) {
        return false;
    }
    bool inserted = avl_insert(set, &mapping->node, &mapping->start, compare);
    if (inserted) {
        gap_changed(set, mapping);
        gap_changed(set, mapping_next(mapping));
    }
    return inserted;
}

void mapping_remove(struct avl_tree *set, struct vm_mapping *mapping)
{
    struct vm_mapping *next = mapping_next(mapping);
    avl_remove(set, &mapping->node);
    gap_changed(set, next);
}

bool mapping_move(struct avl_tree *set, struct vm_mapping *mapping, vaddr_t start, vaddr_t end)
{
    struct vm_mapping *next = mapping_next(mapping);
    if ((next != NULL && end > next->start) || start < end_before(mapping)) {
        return false;
    }
    mapping->start = start;
    mapping->end = end;
    gap_changed(set, mapping);
    gap_changed(set, next);
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
        if (mapping_of(parent)->gap >= len) {
            return mapping_of(parent);
        }
        node = parent;
        down = node->child[1];
    }
    while (largest_gap(down->child[0]) >= len || mapping_of(down)->gap < len) {
        down = largest_gap(down->child[0]) >= len ? down->child[0] : down->child[1];
    }
    return mapping_of(down);
}

vaddr_t mapping_room(const struct avl_tree *set, vaddr_t low, vaddr_t high, uint64_t len)
{
    vaddr_t place = low;
    const struct vm_mapping *taken = mapping_find(set, low);
    if (taken != NULL) {
        place = taken->end;
    }
    const struct vm_mapping *next =
        taken != NULL ? mapping_next(taken) : mapping_of(avl_ceiling(set, &low, compare));
    while (next != NULL && next->start - place < len) {
        const struct vm_mapping *behind = next_with_gap(next, len);
        if (behind == NULL) {
            place = mapping_of(avl_last(set))->end;
            break;
        }
        next = behind;
        place = end_before(next);
    }
    return place < high && high - place >= len ? place : 0;
}

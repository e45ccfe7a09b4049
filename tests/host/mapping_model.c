/* SPDX-License-Identifier: MIT */
#include "tests/host/mapping_model.h"
#include "kernel/base/assert.h"
#include "lib/container.h"
#include <stdlib.h>
#include <string.h>

void mapping_model_init(struct mapping_model *model)
{
    memset(model, 0, sizeof(*model));
    mapping_set_init(&model->set);
}

static struct vm_mapping *mapping_of(const struct avl_node *node)
{
    return container_of((struct avl_node *)node, struct vm_mapping, node);
}

/* Compares the subtree with sorted[*at …]; returns the largest gap in it. */
static uint64_t check_node(const struct mapping_model *model, const struct avl_node *node,
                           size_t *at)
{
    if (node == NULL) {
        return 0;
    }
    const struct vm_mapping *mapping = mapping_of(node);
    uint64_t left = check_node(model, node->child[0], at);
    assert(*at < model->count && model->sorted[*at] == mapping);
    vaddr_t free_from = *at > 0 ? model->sorted[*at - 1]->end : 0;
    assert(node->value == mapping->start - free_from);
    ++*at;
    uint64_t right = check_node(model, node->child[1], at);
    uint64_t largest = left > right ? left : right;
    largest = node->value > largest ? node->value : largest;
    assert(node->max == largest);
    return largest;
}

static void check(const struct mapping_model *model)
{
    size_t at = 0;
    check_node(model, model->set.root, &at);
    assert(at == model->count);
}

/* The index of the first mapping that ends above the address. */
static size_t position(const struct mapping_model *model, vaddr_t address)
{
    size_t i = 0;
    while (i < model->count && model->sorted[i]->end <= address) {
        i++;
    }
    return i;
}

static struct vm_mapping *at_or_null(const struct mapping_model *model, size_t i)
{
    return i < model->count ? model->sorted[i] : NULL;
}

/* Does [start, end) meet a mapping other than `self`? */
static bool is_taken(const struct mapping_model *model, vaddr_t start, vaddr_t end,
                     const struct vm_mapping *self)
{
    for (size_t i = 0; i < model->count; i++) {
        const struct vm_mapping *mapping = model->sorted[i];
        if (mapping != self && mapping->start < end && start < mapping->end) {
            return true;
        }
    }
    return false;
}

bool mapping_model_insert(struct mapping_model *model, vaddr_t start, vaddr_t end)
{
    if (model->count == MAPPING_MODEL_MAX) {
        return false;
    }
    struct vm_mapping *mapping = malloc(sizeof(*mapping));
    assert(mapping != NULL);
    memset(mapping, 0xd5, sizeof(*mapping)); /* the set mustn't count on zeros */
    mapping->start = start;
    mapping->end = end;
    bool inserted = mapping_insert(&model->set, mapping);
    assert(inserted == !is_taken(model, start, end, NULL));
    if (inserted) {
        size_t i = position(model, start);
        memmove(model->sorted + i + 1, model->sorted + i,
                (model->count - i) * sizeof(*model->sorted));
        model->sorted[i] = mapping;
        model->count++;
    } else {
        free(mapping);
    }
    check(model);
    return inserted;
}

void mapping_model_remove(struct mapping_model *model, size_t which)
{
    mapping_remove(&model->set, model->sorted[which]);
    free(model->sorted[which]);
    model->count--;
    memmove(model->sorted + which, model->sorted + which + 1,
            (model->count - which) * sizeof(*model->sorted));
    check(model);
}

/* A move past a neighbour isn't one: the set knows the room on both sides alone. */
bool mapping_model_move(struct mapping_model *model, size_t which, vaddr_t start, vaddr_t end)
{
    struct vm_mapping *mapping = model->sorted[which];
    vaddr_t old_start = mapping->start;
    vaddr_t old_end = mapping->end;
    const struct vm_mapping *next = at_or_null(model, which + 1);
    bool fits = start >= (which > 0 ? model->sorted[which - 1]->end : 0) &&
                (next == NULL || end <= next->start);
    bool moved = mapping_move(mapping, start, end);
    assert(moved == fits);
    assert(mapping->start == (moved ? start : old_start));
    assert(mapping->end == (moved ? end : old_end));
    check(model);
    return moved;
}

void mapping_model_search(const struct mapping_model *model, vaddr_t address)
{
    size_t i = position(model, address);
    struct vm_mapping *from = at_or_null(model, i);
    assert(mapping_from(&model->set, address) == from);
    assert(mapping_find(&model->set, address) ==
           (from != NULL && from->start <= address ? from : NULL));
    assert(from == NULL || mapping_next(from) == at_or_null(model, i + 1));
}

/* The lowest place at `low` or at the end of a mapping that is free. */
static vaddr_t lowest_room(const struct mapping_model *model, vaddr_t low, vaddr_t high,
                           uint64_t len)
{
    for (size_t i = 0; i <= model->count; i++) {
        vaddr_t place = i == 0 ? low : model->sorted[i - 1]->end;
        if (place >= low && place < high && high - place >= len &&
            !is_taken(model, place, place + len, NULL)) {
            return place;
        }
    }
    return 0;
}

vaddr_t mapping_model_room(const struct mapping_model *model, vaddr_t low, vaddr_t high,
                           uint64_t len)
{
    struct vm_mapping *next = NULL;
    vaddr_t place = mapping_room(&model->set, low, high, len, &next);
    assert(place == lowest_room(model, low, high, len));
    assert(place == 0 || next == at_or_null(model, position(model, place)));
    return place;
}

void mapping_model_clear(struct mapping_model *model)
{
    while (model->count > 0) {
        mapping_model_remove(model, model->count / 2);
    }
    assert(model->set.root == NULL);
}

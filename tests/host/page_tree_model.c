/* SPDX-License-Identifier: MIT */
#include "tests/host/page_tree_model.h"
#include "kernel/base/assert.h"
#include <stdlib.h>
#include <string.h>

struct model_tree model_trees[MODEL_TREES];
struct page_taken model_held[MODEL_HELD];
unsigned model_held_count;

/* The index of the first entry at or after the number. */
static size_t position(const struct model_tree *model, uint64_t number)
{
    size_t low = 0;
    size_t high = model->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (model->entries[middle].number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

paddr_t model_page_at(const struct model_tree *model, uint64_t number)
{
    size_t at = position(model, number);
    return at < model->count && model->entries[at].number == number ? model->entries[at].page : 0;
}

/* Room for so many entries more. */
static void reserve(struct model_tree *model, size_t more)
{
    if (model->count + more > model->cap) {
        model->cap = model->cap * 2 + more;
        model->entries = realloc(model->entries, model->cap * sizeof(*model->entries));
        assert(model->entries != NULL);
    }
}

static void add_entry(struct model_tree *model, uint64_t number, paddr_t page)
{
    reserve(model, 1);
    size_t at = position(model, number);
    memmove(model->entries + at + 1, model->entries + at,
            (model->count - at) * sizeof(*model->entries));
    model->entries[at] = (struct model_entry){number, page};
    model->count++;
}

static void drop_entries(struct model_tree *model, size_t at, size_t count)
{
    if (count > 0) {
        memmove(model->entries + at, model->entries + at + count,
                (model->count - at - count) * sizeof(*model->entries));
        model->count -= count;
    }
}

/* ok, or out of nodes, which it must be. */
static void check_status(j6_status_t status)
{
    assert(status == j6_status_ok || status == j6_err_quota || status == j6_err_no_memory);
    assert(status == j6_status_ok || model_nodes_left == 0);
}

j6_status_t model_insert(unsigned tree, uint64_t number)
{
    struct model_tree *model = &model_trees[tree];
    paddr_t page = model_page_new();
    j6_status_t status = page_tree_insert(&model->tree, number, page);
    if (status == j6_status_ok) {
        assert(number < PAGE_TREE_PAGES && model_page_at(model, number) == 0);
        add_entry(model, number, page);
        return status;
    }
    page_tree_page_put(page);
    assert(model_refs[page >> PAGE_SHIFT] == 0);
    if (number >= PAGE_TREE_PAGES) {
        assert(status == j6_err_out_of_range);
    } else if (model_page_at(model, number) != 0) {
        assert(status == j6_err_collision);
    } else {
        check_status(status);
    }
    return status;
}

j6_status_t model_own(unsigned tree, uint64_t number)
{
    struct page_tree *real = &model_trees[tree].tree;
    bool own = page_tree_is_own(real, number);
    long made = model_nodes_made;
    j6_status_t status = page_tree_own(real, number);
    check_status(status);
    assert(status != j6_status_ok || page_tree_is_own(real, number));
    assert(!own || (status == j6_status_ok && model_nodes_made == made));
    return status;
}

void model_find(unsigned tree, uint64_t number)
{
    struct model_tree *model = &model_trees[tree];
    assert(page_tree_find(&model->tree, number) == model_page_at(model, number));
}

void model_next(unsigned tree, uint64_t number)
{
    struct model_tree *model = &model_trees[tree];
    const uint64_t untouched = 0x1234567890abcdef;
    uint64_t found = untouched;
    paddr_t page = page_tree_next(&model->tree, number, &found);
    size_t at = position(model, number);
    if (at == model->count) {
        assert(page == 0 && found == untouched);
    } else {
        assert(page == model->entries[at].page && found == model->entries[at].number);
    }
}

void model_count(unsigned tree, uint64_t first, uint64_t end)
{
    struct model_tree *model = &model_trees[tree];
    uint64_t expected = first < end ? position(model, end) - position(model, first) : 0;
    assert(page_tree_count(&model->tree, first, end) == expected);
    assert(page_tree_pages(&model->tree) == model->count);
}

j6_status_t model_write(unsigned tree, uint64_t number)
{
    struct model_tree *model = &model_trees[tree];
    paddr_t page = model_page_at(model, number);
    assert(page != 0);
    j6_status_t status = model_own(tree, number);
    if (status == j6_status_ok && model_refs[page >> PAGE_SHIFT] > 1) {
        paddr_t fresh = model_page_new();
        paddr_t old = page_tree_replace(&model->tree, number, fresh);
        assert(old == page);
        page_tree_page_put(old);
        model->entries[position(model, number)].page = fresh;
    }
    return status;
}

/* What was taken is what the model has from `at` on. */
static void check_taken(const struct model_tree *model, size_t at, const struct page_taken *taken)
{
    assert((taken->leaf != NULL) == (taken->count == 0));
    assert(at + taken->removed <= model->count);
    for (uint64_t i = 0; i < taken->removed; i++) {
        const struct model_entry *entry = &model->entries[at + i];
        paddr_t page = taken->leaf != NULL ? taken->leaf->pages_at[entry->number % PAGE_TREE_FANOUT]
                                           : taken->pages[i];
        assert(page == entry->page);
    }
    assert(taken->first == model->entries[at].number);
    assert(taken->end == model->entries[at + taken->removed - 1].number + 1);
    assert(taken->first / PAGE_TREE_FANOUT == (taken->end - 1) / PAGE_TREE_FANOUT);
}

j6_status_t model_take_step(unsigned tree, uint64_t *number, uint64_t end)
{
    struct model_tree *model = &model_trees[tree];
    if (model_held_count == MODEL_HELD) {
        model_put();
    }
    struct page_taken *taken = &model_held[model_held_count];
    uint64_t next = *number;
    j6_status_t status = page_tree_take(&model->tree, &next, end, taken);
    check_status(status);
    if (status != j6_status_ok) {
        assert(next == *number);
        return status;
    }
    size_t at = position(model, *number);
    uint64_t left = *number < end ? position(model, end) - at : 0;
    if (taken->removed == 0) {
        assert(left == 0 && next == end && taken->leaf == NULL && taken->count == 0);
    } else {
        assert(taken->removed <= left && next <= end && next >= taken->end);
        assert(next == end || next % PAGE_TREE_FANOUT == 0);
        check_taken(model, at, taken);
        drop_entries(model, at, taken->removed);
        assert(at == position(model, next));
        model_held_count++;
    }
    *number = next;
    return status;
}

void model_put(void)
{
    while (model_held_count > 0) {
        page_tree_taken_put(&model_held[--model_held_count]);
    }
}

j6_status_t model_take(unsigned tree, uint64_t first, uint64_t end)
{
    uint64_t number = first;
    while (number < end) {
        j6_status_t status = model_take_step(tree, &number, end);
        if (status != j6_status_ok) {
            return status;
        }
    }
    return j6_status_ok;
}

j6_status_t model_clone(unsigned clone, unsigned source, uint64_t first, uint64_t end)
{
    struct model_tree *from = &model_trees[source];
    struct model_tree *to = &model_trees[clone];
    assert(clone != source);
    model_drop(clone);
    long made = model_nodes_made;
    j6_status_t status = page_tree_clone(&to->tree, &from->tree, first, end);
    check_status(status);
    assert(model_nodes_made - made <= 2 * PAGE_TREE_LEVELS);
    if (status != j6_status_ok) {
        assert(to->tree.root == NULL);
        return status;
    }
    for (size_t at = position(from, first); at < from->count && from->entries[at].number < end;
         at++) {
        reserve(to, 1);
        to->entries[to->count++] = from->entries[at];
    }
    return status;
}

uint64_t model_truncate_step(unsigned tree, uint64_t first)
{
    struct model_tree *model = &model_trees[tree];
    size_t at = position(model, first);
    long made = model_nodes_made;
    uint64_t dropped = page_tree_truncate_step(&model->tree, first);
    assert(dropped <= model->count - at && (dropped == 0) == (at == model->count));
    assert(model_nodes_made == made);
    drop_entries(model, at, dropped);
    return dropped;
}

bool model_drop_step(unsigned tree)
{
    struct model_tree *model = &model_trees[tree];
    uint64_t before = page_tree_pages(&model->tree);
    long made = model_nodes_made;
    bool more = page_tree_drop_step(&model->tree);
    drop_entries(model, 0, before - page_tree_pages(&model->tree));
    assert(more == (model->count > 0) && model_nodes_made == made);
    return more;
}

void model_drop(unsigned tree)
{
    while (model_drop_step(tree)) {}
    assert(model_trees[tree].tree.root == NULL && model_trees[tree].tree.last_leaf == NULL);
}

void model_end(void)
{
    model_check();
    model_put();
    for (unsigned tree = 0; tree < MODEL_TREES; tree++) {
        model_drop(tree);
        free(model_trees[tree].entries);
        model_trees[tree] = (struct model_tree){0};
    }
    assert(model_nodes_live == 0 && model_nodes == NULL);
    for (uint64_t page = 0; page < MODEL_PAGES; page++) {
        assert(model_refs[page] == 0);
    }
}

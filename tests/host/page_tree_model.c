/* SPDX-License-Identifier: MIT */
#include "tests/host/page_tree_model.h"
#include "kernel/base/assert.h"
#include <stdlib.h>
#include <string.h>

long page_tree_nodes_live;
long page_tree_nodes_left = -1;
void (*page_tree_retire)(struct page_tree_node *node);

struct page_tree_node *page_tree_node_alloc(void)
{
    if (page_tree_nodes_left == 0) {
        return NULL;
    }
    page_tree_nodes_left--;
    page_tree_nodes_live++;
    struct page_tree_node *node = malloc(sizeof(*node));
    assert(node);
    memset(node, 0xd5, sizeof(*node)); /* the tree mustn't count on zeros */
    return node;
}

void page_tree_node_free(struct page_tree_node *node)
{
    page_tree_nodes_live--;
    if (page_tree_retire) {
        page_tree_retire(node);
    } else {
        free(node);
    }
}

/* The index of the first entry at or after the number. */
static size_t position(const struct page_tree_model *model, uint64_t number)
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

static bool is_present(const struct page_tree_model *model, uint64_t number)
{
    size_t at = position(model, number);
    return at < model->count && model->entries[at].number == number;
}

static paddr_t page_at(const struct page_tree_model *model, uint64_t number)
{
    return is_present(model, number) ? model->entries[position(model, number)].page : 0;
}

static void add_entry(struct page_tree_model *model, uint64_t number, paddr_t page)
{
    if (model->count == model->cap) {
        model->cap = model->cap * 2 + 16;
        model->entries = realloc(model->entries, model->cap * sizeof(*model->entries));
        assert(model->entries);
    }
    size_t at = position(model, number);
    memmove(model->entries + at + 1, model->entries + at,
            (model->count - at) * sizeof(*model->entries));
    model->entries[at] = (struct page_tree_model_entry){number, page};
    model->count++;
}

static void drop_entries(struct page_tree_model *model, size_t at, size_t count)
{
    if (count == 0) {
        return;
    }
    memmove(model->entries + at, model->entries + at + count,
            (model->count - at - count) * sizeof(*model->entries));
    model->count -= count;
}

j6_status_t page_tree_model_insert(struct page_tree_model *model, uint64_t number, paddr_t page)
{
    struct page_tree before = model->tree;
    long nodes = page_tree_nodes_live;
    j6_status_t status = page_tree_insert(&model->tree, number, page);
    if (number >= PAGE_TREE_PAGES) {
        assert(status == j6_err_out_of_range);
    } else if (is_present(model, number)) {
        assert(status == j6_err_collision);
    } else if (status == j6_err_no_memory) {
        assert(page_tree_nodes_left == 0);
        assert(before.root == model->tree.root);
    } else {
        assert(status == j6_status_ok);
        add_entry(model, number, page);
    }
    assert(status == j6_status_ok || page_tree_nodes_live == nodes);
    return status;
}

void page_tree_model_remove(struct page_tree_model *model, uint64_t number)
{
    paddr_t page = page_tree_remove(&model->tree, number);
    assert(page == page_at(model, number));
    if (page) {
        drop_entries(model, position(model, number), 1);
    }
}

void page_tree_model_find(struct page_tree_model *model, uint64_t number)
{
    assert(page_tree_peek(&model->tree, number) == page_at(model, number));
    assert(page_tree_find(&model->tree, number) == page_at(model, number));
    assert(page_tree_peek(&model->tree, number) == page_at(model, number));
}

void page_tree_model_next(struct page_tree_model *model, uint64_t number)
{
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

void page_tree_model_remove_step(struct page_tree_model *model, uint64_t from, uint64_t end,
                                 size_t cap)
{
    paddr_t pages[64];
    assert(cap >= 1 && cap <= 64);
    uint64_t number = from;
    size_t moved = page_tree_remove_step(&model->tree, &number, end, pages, cap);
    size_t at = position(model, from);
    size_t expected = end > from ? position(model, end) - at : 0;
    assert(moved == (expected < cap ? expected : cap));
    for (size_t i = 0; i < moved; i++) {
        assert(pages[i] == model->entries[at + i].page);
    }
    assert(number == (moved < cap ? end : model->entries[at + moved - 1].number + 1));
    drop_entries(model, at, moved);
}

/* Counts the nodes and pages below and at `node`, which must cover `first` at that level. */
static void check_node(const struct page_tree *tree, const struct page_tree_node *node,
                       uint64_t first, unsigned level, long *nodes, size_t *pages, bool *remembered)
{
    assert(node->level == level && node->first == first && node->refs == 1);
    assert(node->present != 0);
    ++*nodes;
    *remembered |= tree->last_leaf == node;
    for (unsigned slot = 0; slot < PAGE_TREE_FANOUT; slot++) {
        bool present = node->present >> slot & 1;
        if (level == 0) {
            assert((node->pages[slot] != 0) == present);
            *pages += present;
        } else {
            assert((node->children[slot] != NULL) == present);
            if (present) {
                check_node(tree, node->children[slot],
                           first + ((uint64_t)slot << (level * PAGE_TREE_BITS)), level - 1, nodes,
                           pages, remembered);
            }
        }
    }
}

void page_tree_model_check(struct page_tree_model *model)
{
    const struct page_tree_node *root = model->tree.root;
    long nodes = 0;
    size_t pages = 0;
    bool remembered = model->tree.last_leaf == NULL;
    if (root) {
        check_node(&model->tree, root, 0, root->level, &nodes, &pages, &remembered);
        assert(root->level == 0 || root->present != 1);
    }
    assert(nodes == page_tree_nodes_live && pages == model->count && remembered);
    uint64_t number = 0;
    for (size_t i = 0; i < model->count; i++) {
        paddr_t page = page_tree_next(&model->tree, number, &number);
        assert(page == model->entries[i].page && number == model->entries[i].number);
        number++;
    }
    assert(page_tree_next(&model->tree, number, &number) == 0);
}

void page_tree_model_clear(struct page_tree_model *model)
{
    while (model->count > 0) {
        page_tree_model_remove_step(model, 0, PAGE_TREE_PAGES, 64);
    }
    assert(!model->tree.root && !model->tree.last_leaf && page_tree_nodes_live == 0);
    free(model->entries);
    memset(model, 0, sizeof(*model));
}

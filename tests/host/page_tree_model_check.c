/* SPDX-License-Identifier: MIT */
/* All trees of the model at once: their pages, counts and links. */
#include "kernel/base/assert.h"
#include "lib/container.h"
#include "tests/host/page_tree_model.h"
#include <string.h>

static uint32_t page_links[MODEL_PAGES];

/* Counts a link to a node, and when it is the first one the links from it. */
static void count_link(struct page_tree_node *node)
{
    struct model_node *memory = container_of(node, struct model_node, node);
    if (memory->links++ > 0) {
        return;
    }
    for (unsigned slot = 0; slot < PAGE_TREE_FANOUT; slot++) {
        bool present = node->present >> slot & 1;
        if (node->level == 0) {
            assert((node->pages_at[slot] != 0) == present);
            page_links[node->pages_at[slot] >> PAGE_SHIFT] += present;
        } else {
            assert((node->children[slot] != NULL) == present);
            if (present) {
                count_link(node->children[slot]);
            }
        }
    }
}

/* Every node has as many references as links, and every page as many as leaves have it. */
static void check_references(void)
{
    memset(page_links, 0, sizeof(page_links));
    for (struct model_node *node = model_nodes; node != NULL; node = node->next) {
        node->links = 0;
    }
    for (unsigned tree = 0; tree < MODEL_TREES; tree++) {
        if (model_trees[tree].tree.root != NULL) {
            count_link(model_trees[tree].tree.root);
        }
    }
    for (unsigned i = 0; i < model_held_count; i++) {
        if (model_held[i].leaf != NULL) {
            count_link(model_held[i].leaf);
        }
        for (uint32_t page = 0; page < model_held[i].count; page++) {
            page_links[model_held[i].pages[page] >> PAGE_SHIFT]++;
        }
    }
    for (struct model_node *node = model_nodes; node != NULL; node = node->next) {
        assert(node->links > 0 && node->links == node->node.refs);
    }
    page_links[0] = 0;
    assert(memcmp(page_links, model_refs, sizeof(page_links)) == 0);
}

/* What is found on the way through one tree. */
struct walk {
    const struct model_tree *model;
    size_t next;     /* the entry that must come next */
    bool remembered; /* the last leaf was met */
};

/* A node of that level that begins at that number; `own`: all above it are. */
static void check_node(struct walk *walk, const struct page_tree_node *node, uint64_t first,
                       unsigned level, bool own)
{
    const struct page_tree *tree = &walk->model->tree;
    uint64_t width = 1ull << (level * PAGE_TREE_BITS);
    size_t start = walk->next;
    assert(node->level == level && node->first == first && node->present != 0);
    own = own && node->refs == 1;
    for (unsigned slot = 0; slot < PAGE_TREE_FANOUT; slot++) {
        if (!(node->present >> slot & 1)) {
            continue;
        }
        if (level > 0) {
            check_node(walk, node->children[slot], first + slot * width, level - 1, own);
        } else {
            assert(walk->next < walk->model->count);
            const struct model_entry *entry = &walk->model->entries[walk->next++];
            assert(entry->number == first + slot && entry->page == node->pages_at[slot]);
        }
    }
    if (tree->last_leaf == node) {
        walk->remembered = true;
        assert(own || (!tree->last_is_own && tree->delta == 0));
    }
    bool on_way = tree->last_leaf != NULL && tree->last_leaf->first - first < width * 64;
    uint64_t delta = on_way ? (uint64_t)tree->delta : 0;
    assert(level == 0 || node->pages + delta == walk->next - start);
}

void model_check(void)
{
    check_references();
    for (unsigned i = 0; i < MODEL_TREES; i++) {
        const struct page_tree *tree = &model_trees[i].tree;
        struct walk walk = {.model = &model_trees[i], .remembered = tree->last_leaf == NULL};
        if (tree->root != NULL) {
            assert(tree->root->level == 0 || tree->root->present != 1);
            check_node(&walk, tree->root, 0, tree->root->level, true);
        }
        assert(walk.next == model_trees[i].count && walk.remembered);
        assert(page_tree_pages(tree) == model_trees[i].count);
        assert(tree->last_leaf != NULL || (!tree->last_is_own && tree->delta == 0));
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * The radix tree of an area's pages. Inserting builds the missing branch aside and links it with
 * one store; removing cuts an emptied branch off with one store. Both are therefore all or nothing
 * for whoever reads along.
 */
#include "mm/page_tree.h"
#include "kernel/base/assert.h"
#include "lib/string.h"

static unsigned slot_of(uint64_t number, unsigned level)
{
    return number >> (PAGE_TREE_BITS * level) & (PAGE_TREE_FANOUT - 1);
}

/* How many page numbers a node of that level covers. */
static uint64_t reach_of(unsigned level)
{
    return 1ull << (PAGE_TREE_BITS * (level + 1));
}

static bool covers(const struct page_tree_node *node, uint64_t number)
{
    return number - node->first < reach_of(node->level);
}

/* The level that a root needs to cover the number. */
static unsigned level_for(uint64_t number)
{
    unsigned level = 0;
    while (number >= reach_of(level)) {
        level++;
    }
    return level;
}

/* Links are read with acquire, which pairs with the release of link_write. */
static struct page_tree_node *link_read(struct page_tree_node *const *link)
{
    return __atomic_load_n(link, __ATOMIC_ACQUIRE);
}

static void link_write(struct page_tree_node **link, struct page_tree_node *node)
{
    __atomic_store_n(link, node, __ATOMIC_RELEASE);
}

static struct page_tree_node *child_of(const struct page_tree_node *node, uint64_t number)
{
    return link_read(&node->children[slot_of(number, node->level)]);
}

/* An entry's bit follows it: only the holder of the lock reads `present`. */
static void set_child(struct page_tree_node *node, unsigned slot, struct page_tree_node *child)
{
    link_write(&node->children[slot], child);
    node->present |= 1ull << slot;
}

static void set_page(struct page_tree_node *leaf, unsigned slot, paddr_t page)
{
    __atomic_store_n(&leaf->pages[slot], page, __ATOMIC_RELEASE);
    leaf->present |= 1ull << slot;
}

static struct page_tree_node *node_new(uint64_t number, unsigned level)
{
    struct page_tree_node *node = page_tree_node_alloc();
    if (node) {
        memset(node, 0, sizeof(*node));
        node->first = number & ~(reach_of(level) - 1);
        node->level = level;
        node->refs = 1;
    }
    return node;
}

/* Frees the branch from `node` down to `below` (not freed; NULL: all of it) along the number. */
static void branch_free(struct page_tree_node *node, struct page_tree_node *below, uint64_t number)
{
    while (node != below) {
        struct page_tree_node *child = node->level > 0 ? child_of(node, number) : NULL;
        page_tree_node_free(node);
        node = child;
    }
}

/* Puts parents with one child on top of `bottom` up to that level; NULL, with none left, if not. */
static struct page_tree_node *raise(struct page_tree_node *bottom, unsigned level)
{
    struct page_tree_node *top = bottom;
    while (top->level < level) {
        struct page_tree_node *parent = node_new(top->first, top->level + 1);
        if (!parent) {
            branch_free(top, bottom, bottom->first);
            return NULL;
        }
        set_child(parent, slot_of(top->first, parent->level), top);
        top = parent;
    }
    return top;
}

/* A branch of that level that holds one page. */
static struct page_tree_node *branch_new(uint64_t number, paddr_t page, unsigned level,
                                         struct page_tree_node **out_leaf)
{
    struct page_tree_node *leaf = node_new(number, 0);
    if (!leaf) {
        return NULL;
    }
    set_page(leaf, slot_of(number, 0), page);
    struct page_tree_node *top = raise(leaf, level);
    if (!top) {
        page_tree_node_free(leaf);
        return NULL;
    }
    *out_leaf = leaf;
    return top;
}

/* Makes `root` the tree's, with what was the root as its first child; false: no memory. */
static bool grow(struct page_tree *tree, struct page_tree_node *root)
{
    if (tree->root) {
        struct page_tree_node *old = raise(tree->root, root->level - 1);
        if (!old) {
            return false;
        }
        set_child(root, 0, old);
    }
    link_write(&tree->root, root);
    return true;
}

/* The lowest node on the way from the root, or NULL when the root doesn't cover the number. */
__attribute__((noinline)) static struct page_tree_node *
descend_from_root(const struct page_tree *tree, uint64_t number)
{
    struct page_tree_node *node = link_read(&tree->root);
    if (!node || !covers(node, number)) {
        return NULL;
    }
    while (node->level > 0) {
        struct page_tree_node *child = child_of(node, number);
        if (!child) {
            break;
        }
        node = child;
    }
    return node;
}

/* The same, by way of the last leaf. */
static inline struct page_tree_node *descend(const struct page_tree *tree, uint64_t number)
{
    struct page_tree_node *node = link_read(&tree->last_leaf);
    return node && number - node->first < PAGE_TREE_FANOUT ? node : descend_from_root(tree, number);
}

/* The leaf of the number, remembered; NULL when there is none. */
static struct page_tree_node *leaf_of(struct page_tree *tree, uint64_t number)
{
    struct page_tree_node *node = descend(tree, number);
    if (!node || node->level > 0) {
        return NULL;
    }
    link_write(&tree->last_leaf, node);
    return node;
}

/* Inserts a page below `node`, the lowest one on its way so far; NULL: the root must grow. */
__attribute__((noinline)) static j6_status_t
insert_branch(struct page_tree *tree, struct page_tree_node *node, uint64_t number, paddr_t page)
{
    struct page_tree_node *leaf;
    struct page_tree_node *branch =
        branch_new(number, page, node ? node->level - 1 : level_for(number), &leaf);
    if (!branch) {
        return j6_err_no_memory;
    }
    if (node) {
        set_child(node, slot_of(number, node->level), branch);
    } else if (!grow(tree, branch)) {
        branch_free(branch, NULL, number);
        return j6_err_no_memory;
    }
    link_write(&tree->last_leaf, leaf);
    return j6_status_ok;
}

j6_status_t page_tree_insert(struct page_tree *tree, uint64_t number, paddr_t page)
{
    assert(page >> PAGE_SHIFT != 0);
    if (number >= PAGE_TREE_PAGES) {
        return j6_err_out_of_range;
    }
    struct page_tree_node *node = descend(tree, number);
    if (!node || node->level > 0) {
        return insert_branch(tree, node, number, page);
    }
    unsigned slot = slot_of(number, 0);
    if (node->present >> slot & 1) {
        return j6_err_collision;
    }
    set_page(node, slot, page);
    link_write(&tree->last_leaf, node);
    return j6_status_ok;
}

paddr_t page_tree_peek(const struct page_tree *tree, uint64_t number)
{
    const struct page_tree_node *node = descend(tree, number);
    if (!node || node->level > 0) {
        return 0;
    }
    return __atomic_load_n(&node->pages[slot_of(number, 0)], __ATOMIC_ACQUIRE);
}

paddr_t page_tree_find(struct page_tree *tree, uint64_t number)
{
    struct page_tree_node *leaf = leaf_of(tree, number);
    return leaf ? leaf->pages[slot_of(number, 0)] : 0;
}

/* Lowers the root as long as its first child is its only one. */
static void lower_root(struct page_tree *tree)
{
    struct page_tree_node *root = tree->root;
    while (root && root->level > 0 && root->present == 1) {
        struct page_tree_node *child = root->children[0];
        link_write(&tree->root, child);
        page_tree_node_free(root);
        root = child;
    }
}

/* Cuts an empty leaf off, together with the ancestors that hold nothing else. */
static void prune(struct page_tree *tree, struct page_tree_node *leaf)
{
    uint64_t number = leaf->first;
    struct page_tree_node *keeper = NULL; /* the lowest one with another child */
    for (struct page_tree_node *node = tree->root; node != leaf; node = child_of(node, number)) {
        if (node->present & (node->present - 1)) {
            keeper = node;
        }
    }
    struct page_tree_node *branch = tree->root;
    link_write(&tree->last_leaf, NULL);
    if (keeper) {
        branch = child_of(keeper, number);
        unsigned slot = slot_of(number, keeper->level);
        link_write(&keeper->children[slot], NULL);
        keeper->present &= ~(1ull << slot);
    } else {
        link_write(&tree->root, NULL);
    }
    branch_free(branch, NULL, number);
    lower_root(tree);
}

paddr_t page_tree_remove(struct page_tree *tree, uint64_t number)
{
    struct page_tree_node *leaf = leaf_of(tree, number);
    unsigned slot = slot_of(number, 0);
    if (!leaf || !(leaf->present >> slot & 1)) {
        return 0;
    }
    paddr_t page = leaf->pages[slot];
    __atomic_store_n(&leaf->pages[slot], 0, __ATOMIC_RELEASE);
    leaf->present &= ~(1ull << slot);
    if (leaf->present == 0) {
        prune(tree, leaf);
    }
    return page;
}

/* Raises the number to the first one, from it on, that the node has an entry for; false: none. */
static bool skip_hole(const struct page_tree_node *node, uint64_t *number)
{
    unsigned slot = slot_of(*number, node->level);
    uint64_t rest = node->present >> slot;
    if (rest == 0) {
        return false;
    }
    unsigned holes = (unsigned)__builtin_ctzll(rest);
    if (holes > 0) {
        uint64_t width = reach_of(node->level) / PAGE_TREE_FANOUT;
        *number = node->first + (slot + holes) * width;
    }
    return true;
}

paddr_t page_tree_next(struct page_tree *tree, uint64_t number, uint64_t *out_number)
{
    for (;;) {
        struct page_tree_node *node = descend(tree, number);
        if (!node) {
            return 0;
        }
        if (!skip_hole(node, &number)) {
            number = node->first + reach_of(node->level);
        } else if (node->level == 0) {
            link_write(&tree->last_leaf, node);
            *out_number = number;
            return node->pages[slot_of(number, 0)];
        }
    }
}

size_t page_tree_remove_step(struct page_tree *tree, uint64_t *number, uint64_t end, paddr_t *pages,
                             size_t cap)
{
    size_t moved = 0;
    uint64_t at;
    while (moved < cap && *number < end && page_tree_next(tree, *number, &at) && at < end) {
        pages[moved++] = page_tree_remove(tree, at);
        *number = at + 1;
    }
    if (moved < cap) {
        *number = end;
    }
    return moved;
}

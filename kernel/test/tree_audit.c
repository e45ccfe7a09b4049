/* SPDX-License-Identifier: MIT */
/*
 * Marks in the counts tell who was visited: a node's links are followed once a step. What a count has
 * left after all links were taken off it should be nothing.
 */
#include "kernel/test/tree_audit.h"
#include "mm/frame.h"

/* In the counts of nodes: visited while taking, visited while looking. No count is as large. */
#define MARK_TAKE 0x80000000u
#define MARK_LOOK 0x40000000u

static void audit_page(struct tree_audit *audit, paddr_t page)
{
    struct frame *frame = frame_of(page);
    switch (audit->step) {
    case TREE_AUDIT_TAKE: frame->refs--; break;
    case TREE_AUDIT_LOOK:
        if (frame->refs != 0) {
            audit->wrong = "a frame's count";
        }
        break;
    case TREE_AUDIT_GIVE:
        audit->frames += frame->refs == 0;
        frame->refs++;
        break;
    }
}

/* Is this the first link to the node in this step? Takes or gives the link. */
static bool visit(struct tree_audit *audit, struct page_tree_node *node)
{
    uint32_t refs = node->refs;
    bool first = false;
    switch (audit->step) {
    case TREE_AUDIT_TAKE:
        first = !(refs & MARK_TAKE);
        node->refs = (refs - 1) | MARK_TAKE;
        break;
    case TREE_AUDIT_LOOK:
        first = !(refs & MARK_LOOK);
        if (first && refs != MARK_TAKE) {
            audit->wrong = "a node's count";
        }
        node->refs = refs | MARK_LOOK;
        break;
    case TREE_AUDIT_GIVE:
        first = refs & MARK_LOOK;
        node->refs = (refs & ~(MARK_TAKE | MARK_LOOK)) + 1;
        audit->nodes += first;
        break;
    }
    return first;
}

static bool has_entry(const struct page_tree_node *node, unsigned i)
{
    return node->level > 0 ? node->children[i] != NULL : node->pages_at[i] != 0;
}

/* At most six levels deep. */
static void audit_node(struct tree_audit *audit, struct page_tree_node *node)
{
    if (!visit(audit, node)) {
        return;
    }
    if (node->present == 0) {
        audit->wrong = "a node without entries";
    }
    for (unsigned i = 0; i < PAGE_TREE_FANOUT; i++) {
        bool present = node->present >> i & 1;
        if (present != has_entry(node, i)) {
            audit->wrong = "a node's map of entries";
        } else if (present && node->level > 0) {
            audit_node(audit, node->children[i]);
        } else if (present) {
            audit_page(audit, node->pages_at[i]);
        }
    }
}

void tree_audit_area(struct tree_audit *audit, struct vm_area *area)
{
    if (area->pages.root != NULL) {
        audit_node(audit, area->pages.root);
    }
}

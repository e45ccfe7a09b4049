/* SPDX-License-Identifier: MIT */
/*
 * Compares the counts of page-tree nodes and of frames with the links to them, over all areas that may
 * share any, without memory of its own: it takes each link off the counts, looks whether nothing is
 * left, and adds them again.
 *
 *     for (audit.step = TREE_AUDIT_TAKE; audit.step <= TREE_AUDIT_GIVE; audit.step++) {
 *         for each area once: tree_audit_area(&audit, area);
 *     }
 *
 * Rules: nobody uses any of the areas meanwhile, nor has taken pages out that are still to be put.
 */
#pragma once
#include "mm/vm_area.h"

enum tree_audit_step { TREE_AUDIT_TAKE, TREE_AUDIT_LOOK, TREE_AUDIT_GIVE };

struct tree_audit {
    enum tree_audit_step step;
    /* Different ones, of all areas. */
    uint64_t nodes;
    uint64_t frames;
    /* What was wrong last, or NULL. */
    const char *wrong;
};

void tree_audit_area(struct tree_audit *audit, struct vm_area *area);

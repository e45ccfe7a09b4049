/* SPDX-License-Identifier: MIT */
/*
 * The set of a space's mappings beside a sorted array. Every operation is done on both; where they
 * disagree, or a gap isn't exact, the program ends. Used by the unit test and by the fuzzer.
 */
#pragma once
#include "mm/vm_mapping.h"

enum { MAPPING_MODEL_MAX = 96 };

struct mapping_model {
    struct avl_tree set;
    size_t count;
    struct vm_mapping *sorted[MAPPING_MODEL_MAX];
};

void mapping_model_init(struct mapping_model *model);

/* Each checks the whole set afterwards. The pages [start, end) aren't empty. */
bool mapping_model_insert(struct mapping_model *model, vaddr_t start, vaddr_t end);
void mapping_model_remove(struct mapping_model *model, size_t which);
bool mapping_model_move(struct mapping_model *model, size_t which, vaddr_t start, vaddr_t end);

/* Finding, and what comes after. */
void mapping_model_search(const struct mapping_model *model, vaddr_t address);

/* Returns what mapping_room found. */
vaddr_t mapping_model_room(const struct mapping_model *model, vaddr_t low, vaddr_t high,
                           uint64_t len);

/* Takes everything out. */
void mapping_model_clear(struct mapping_model *model);

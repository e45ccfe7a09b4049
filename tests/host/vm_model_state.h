/* SPDX-License-Identifier: MIT */
/* What the model of vm_model.h is made of, shared by its sources. */
#pragma once
#include "kernel/base/account.h"
#include "mm/memory.h"
#include "tests/host/vm_model.h"

#define VM_MODEL_LIMIT (1ull << 40)

enum { VM_MODEL_MAPPINGS = 200 };

struct model_area {
    struct vm_area *area; /* NULL: none here */
    bool held;            /* by its handle */
    bool resizable;
    uint64_t pages;
    uint64_t words[VM_MODEL_PAGES]; /* the first word of each page */
};

struct model_mapping {
    unsigned space, area;
    vaddr_t start, end;
    uint64_t offset;
    uint32_t flags;
    bool whole;
};

extern struct vm_model {
    struct account area_account, space_account;
    uint64_t frames_at_start;
    struct vm_space spaces[VM_MODEL_SPACES];
    struct model_area areas[VM_MODEL_AREAS];
    struct model_mapping mappings[VM_MODEL_MAPPINGS];
    unsigned mapping_count;
} vm_model;

/* The mapping that holds the address, or NULL. */
struct model_mapping *model_mapping_at(unsigned space, vaddr_t address);

/* Does a mapping other than this one, or NULL, meet [start, end)? */
bool model_is_taken(unsigned space, vaddr_t start, vaddr_t end, const struct model_mapping *but);

/* An area that nobody holds or maps has gone. */
void model_forget_dead_areas(void);

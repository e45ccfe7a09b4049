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
    bool fail_every_step;
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

/* Prepares a failure at the step, -1: none; tells afterwards whether it came, and the next step. */
void model_step_begin(int64_t step);
bool model_step_failed(j6_status_t status, int64_t *step);

/* Runs the operation with a failure at each step in turn, and at last without. */
#define WITH_FAILURES(status, operation)                        \
    do {                                                        \
        int64_t model_step = vm_model.fail_every_step ? 0 : -1; \
        do {                                                    \
            model_step_begin(model_step);                       \
            (status) = (operation);                             \
        } while (model_step_failed(status, &model_step));       \
    } while (0)

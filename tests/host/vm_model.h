/* SPDX-License-Identifier: MIT */
/*
 * All of mm beside a simple model of it: spaces, areas and mappings as small arrays. Every
 * operation is done on both; where they disagree, or anything was lost, the program ends. Each
 * operation can be made to run out of memory or quota at its n-th step.
 */
#pragma once
#include "mm/vm_area.h"
#include "mm/vm_space.h"

enum {
    VM_MODEL_SPACES = 2,
    VM_MODEL_AREAS = 5,
    VM_MODEL_PAGES = 200, /* the largest area */
    VM_MODEL_FRAMES = 4096,
    VM_MODEL_MORE = 9, /* frames that nobody was given */
};

/*
 * Once in a program; then any number of times begin and end. Returns where the frames are that
 * nobody was given. Link what test_vm_space.c links.
 */
paddr_t vm_model_start(void);
void vm_model_begin(void);
void vm_model_end(void);

/*
 * From now on each operation is tried with a failure at its 1st, 2nd, … step until it succeeds.
 * What it says then must be quota or no_memory, and nothing may be left of it.
 */
void vm_model_fail_every_step(bool on);

/* How many failures there were so far. */
extern uint64_t vm_model_failures;

/* A new area in an empty place; false if the place is taken. */
bool vm_model_create(unsigned area, uint64_t pages, uint32_t flags);
bool vm_model_create_fixed(unsigned area, uint64_t pages);

/* The handle goes; the area lives on while it is mapped. */
void vm_model_drop(unsigned area);

j6_status_t vm_model_map(unsigned space, unsigned area, vaddr_t *address, uint64_t offset,
                         uint64_t len, uint64_t flags);
j6_status_t vm_model_unmap(unsigned space, unsigned area, vaddr_t address, uint64_t len);
j6_status_t vm_model_resize(unsigned area, uint64_t size);

/* As a user program would: through the page table, by a page fault if need be. */
j6_status_t vm_model_read(unsigned space, vaddr_t address);
j6_status_t vm_model_write(unsigned space, vaddr_t address, uint64_t value);

/* As vma_write does it. */
j6_status_t vm_model_write_area(unsigned area, uint64_t offset, uint64_t value);

/* The space ends, and a new one takes its place. */
void vm_model_renew_space(unsigned space);

/* Where something is mapped: a random one's start and length; false if nothing is. */
bool vm_model_some_mapping(uint64_t random, unsigned *space, unsigned *area, vaddr_t *start,
                           uint64_t *len);

vaddr_t vm_model_window(unsigned space);

void vm_model_check(void);

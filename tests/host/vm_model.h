/* SPDX-License-Identifier: MIT */
/*
 * All of mm beside a simple model of it: spaces, areas and mappings as small arrays. Every
 * operation is done on both; where they disagree, or anything was lost, the program ends. For stories
 * that a person tells; random ones, and failures: kernel/test/vm_stream.h.
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

vaddr_t vm_model_window(unsigned space);

void vm_model_check(void);

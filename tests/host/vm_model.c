/* SPDX-License-Identifier: MIT */
/* The model as a whole, and its areas. Mappings: vm_model_map.c; checks: vm_model_check.c. */
#include "arch/upcall.h"
#include "kernel/base/random.h"
#include "mm/frame.h"
#include "mm/vm_copy.h"
#include "tests/host/vm_model_state.h"
#include <string.h>
#include <test_frames.h>
#include <test_machine.h>

#define FIXED_START (8ull << 30)

struct vm_model vm_model;
uint32_t page_memory_caching = PAGE_WRITE_BACK;

uint64_t random_u64(void)
{
    static uint64_t value;
    return value += 0x9e3779b97f4a7c15;
}

void kobject_waits_end(struct kobject *object, j6_status_t status)
{
    (void)object;
    (void)status;
}

void kobject_tell_handles(struct kobject *object)
{
    (void)object;
}

paddr_t vm_model_start(void)
{
    paddr_t more = test_frames_start(VM_MODEL_FRAMES, VM_MODEL_MORE);
    test_memory_add(FIXED_START, FIXED_START + VM_MODEL_PAGES * VM_MODEL_AREAS * PAGE_SIZE);
    account_init_root(&vm_model.area_account, VM_MODEL_LIMIT);
    account_init_root(&vm_model.space_account, VM_MODEL_LIMIT);
    j6_status_t status = upcall_table_alloc(&kernel_page_table, &kernel_page_table.root);
    assert(status == j6_status_ok);
    memory_drain();
    vm_model.frames_at_start = frames_free();
    return more;
}

static void space_start(unsigned space)
{
    memset(&vm_model.spaces[space], 0, sizeof(vm_model.spaces[space]));
    j6_status_t status = vm_space_init(&vm_model.spaces[space], &vm_model.space_account);
    assert(status == j6_status_ok);
}

void vm_model_begin(void)
{
    memset(vm_model.areas, 0, sizeof(vm_model.areas));
    vm_model.mapping_count = 0;
    for (unsigned i = 0; i < VM_MODEL_SPACES; i++) {
        space_start(i);
    }
    vm_model_check();
}

static bool is_mapped(unsigned area)
{
    for (unsigned i = 0; i < vm_model.mapping_count; i++) {
        if (vm_model.mappings[i].area == area) {
            return true;
        }
    }
    return false;
}

void model_forget_dead_areas(void)
{
    for (unsigned i = 0; i < VM_MODEL_AREAS; i++) {
        if (vm_model.areas[i].area != NULL && !vm_model.areas[i].held && !is_mapped(i)) {
            vm_model.areas[i] = (struct model_area){0};
        }
    }
}

void vm_model_end(void)
{
    for (unsigned i = 0; i < VM_MODEL_AREAS; i++) {
        vm_model_drop(i);
    }
    for (unsigned i = 0; i < VM_MODEL_SPACES; i++) {
        vm_model_renew_space(i);
    }
    vm_model_check();
    for (unsigned i = 0; i < VM_MODEL_SPACES; i++) {
        vm_space_destroy(&vm_model.spaces[i]);
    }
    grace_pass();
    memory_drain();
    frame_drain();
    assert(vm_model.mapping_count == 0 && kobject_live(j6_type_vma) == 0);
    assert(vm_model.area_account.left[ACCOUNT_MEMORY] == VM_MODEL_LIMIT &&
           vm_model.area_account.refs == 1);
    assert(vm_model.space_account.left[ACCOUNT_MEMORY] == VM_MODEL_LIMIT &&
           vm_model.space_account.refs == 1);
    assert(frames_free() == vm_model.frames_at_start);
}

void vm_model_renew_space(unsigned space)
{
    vm_space_destroy(&vm_model.spaces[space]);
    for (unsigned i = 0; i < vm_model.mapping_count;) {
        if (vm_model.mappings[i].space == space) {
            vm_model.mappings[i] = vm_model.mappings[--vm_model.mapping_count];
        } else {
            i++;
        }
    }
    model_forget_dead_areas();
    space_start(space);
}

static void area_started(unsigned i, struct vm_area *area, uint64_t pages, bool resizable)
{
    vm_model.areas[i] =
        (struct model_area){.area = area, .held = true, .resizable = resizable, .pages = pages};
}

bool vm_model_create(unsigned area, uint64_t pages, uint32_t flags)
{
    if (vm_model.areas[area].area != NULL) {
        return false;
    }
    struct vm_area *made;
    j6_status_t status =
        vm_area_create_open(&vm_model.area_account, pages * PAGE_SIZE, flags, &made);
    assert(status == j6_status_ok);
    area_started(area, made, pages, flags & j6_vma_flag_resizable);
    return true;
}

bool vm_model_create_fixed(unsigned area, uint64_t pages)
{
    if (vm_model.areas[area].area != NULL) {
        return false;
    }
    paddr_t physical = FIXED_START + area * VM_MODEL_PAGES * PAGE_SIZE;
    memset(phys_to_virt(physical), 0, pages * PAGE_SIZE);
    struct vm_area *made;
    j6_status_t status = vm_area_create_fixed(&vm_model.area_account, physical, pages * PAGE_SIZE,
                                              PAGE_WRITE_COMBINE, &made);
    assert(status == j6_status_ok);
    area_started(area, made, pages, false);
    return true;
}

void vm_model_drop(unsigned area)
{
    if (vm_model.areas[area].held) {
        vm_model.areas[area].held = false;
        kobject_put(&vm_model.areas[area].area->object);
        model_forget_dead_areas();
    }
}

static bool followers_fit(unsigned area, uint64_t size)
{
    for (unsigned i = 0; i < vm_model.mapping_count; i++) {
        const struct model_mapping *mapping = &vm_model.mappings[i];
        if (mapping->area == area && mapping->whole &&
            (size > USER_END - mapping->start ||
             model_is_taken(mapping->space, mapping->start, mapping->start + size, mapping))) {
            return false;
        }
    }
    return true;
}

static j6_status_t expected_resize(unsigned area, uint64_t size)
{
    if (size == 0 || size > VM_AREA_MAX_SIZE) {
        return j6_err_out_of_range;
    }
    if (!vm_model.areas[area].resizable) {
        return j6_err_bad_state;
    }
    return followers_fit(area, page_up(size)) ? j6_status_ok : j6_err_collision;
}

j6_status_t vm_model_resize(unsigned area, uint64_t size)
{
    if (vm_model.areas[area].area == NULL) {
        return j6_err_not_found;
    }
    j6_status_t status = vm_area_resize(vm_model.areas[area].area, size);
    assert(status == expected_resize(area, size));
    if (status == j6_status_ok) {
        uint64_t pages = page_count(size);
        for (uint64_t i = pages; i < VM_MODEL_PAGES; i++) {
            vm_model.areas[area].words[i] = 0;
        }
        vm_model.areas[area].pages = pages;
        for (unsigned i = 0; i < vm_model.mapping_count; i++) {
            if (vm_model.mappings[i].area == area && vm_model.mappings[i].whole) {
                vm_model.mappings[i].end = vm_model.mappings[i].start + pages * PAGE_SIZE;
            }
        }
    }
    return status;
}

j6_status_t vm_model_write_area(unsigned area, uint64_t offset, uint64_t value)
{
    if (vm_model.areas[area].area == NULL || vm_model.areas[area].area->kind == VM_AREA_FIXED) {
        return j6_err_not_found;
    }
    bool inside = offset < vm_model.areas[area].pages * PAGE_SIZE;
    offset = page_down(offset);
    j6_status_t status = vm_area_write(vm_model.areas[area].area, offset, &value, sizeof(value));
    assert(status == (inside ? j6_status_ok : j6_err_out_of_range));
    if (inside) {
        vm_model.areas[area].words[offset / PAGE_SIZE] = value;
    }
    return status;
}

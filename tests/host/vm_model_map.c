/* SPDX-License-Identifier: MIT */
/* Mappings of the model, and access through them. */
#include "arch/layout.h"
#include "mm/vm_mapping.h"
#include "tests/host/vm_model_state.h"

struct model_mapping *model_mapping_at(unsigned space, vaddr_t address)
{
    for (unsigned i = 0; i < vm_model.mapping_count; i++) {
        if (vm_model.mappings[i].space == space && address >= vm_model.mappings[i].start &&
            address < vm_model.mappings[i].end) {
            return &vm_model.mappings[i];
        }
    }
    return NULL;
}

bool model_is_taken(unsigned space, vaddr_t start, vaddr_t end, const struct model_mapping *but)
{
    for (unsigned i = 0; i < vm_model.mapping_count; i++) {
        const struct model_mapping *mapping = &vm_model.mappings[i];
        if (mapping != but && mapping->space == space && mapping->start < end &&
            start < mapping->end) {
            return true;
        }
    }
    return false;
}

static vaddr_t lowest_room(unsigned space, vaddr_t low, vaddr_t high, uint64_t len)
{
    vaddr_t best = 0;
    for (unsigned i = 0; i <= vm_model.mapping_count; i++) {
        bool here = i == vm_model.mapping_count || vm_model.mappings[i].space == space;
        vaddr_t place = i == vm_model.mapping_count ? low : vm_model.mappings[i].end;
        if (here && place >= low && place < high && high - place >= len &&
            !model_is_taken(space, place, place + len, NULL) && (best == 0 || place < best)) {
            best = place;
        }
    }
    return best;
}

static j6_status_t expected_map(unsigned space, unsigned area, vaddr_t *address, uint64_t offset,
                                uint64_t len, uint64_t flags)
{
    uint64_t size = vm_model.areas[area].pages * PAGE_SIZE;
    bool exact = flags & j6_map_exact;
    bool both = (flags & j6_map_write) && (flags & j6_map_exec);
    bool blind = (flags & (j6_map_write | j6_map_exec)) && !(flags & j6_map_read);
    if (flags & ~(15ull | j6_map_guard) || both || blind ||
        (*address | offset | len) % PAGE_SIZE != 0) {
        return j6_err_invalid_arg;
    }
    if ((exact && (*address < USER_START || *address >= USER_END)) ||
        (len == 0 ? offset != 0 : offset > size || len > size - offset)) {
        return j6_err_out_of_range;
    }
    if (exact && (len == 0 ? size : len) > USER_END - *address) {
        return j6_err_out_of_range;
    }
    len = len == 0 ? size : len;
    if (*address >= USER_START && *address < USER_END && len <= USER_END - *address &&
        !model_is_taken(space, *address, *address + len, NULL)) {
        return j6_status_ok;
    }
    if (exact) {
        return j6_err_collision;
    }
    vaddr_t window = vm_model.spaces[space].window;
    vaddr_t window_end = window + VM_WINDOW_SIZE;
    *address = lowest_room(space, vm_model.spaces[space].first_place, window_end, len);
    if (*address == 0) {
        *address = lowest_room(space, window, window_end, len);
    }
    if (*address == 0) {
        *address = lowest_room(space, USER_START, USER_END, len);
    }
    return *address != 0 ? j6_status_ok : j6_err_no_memory;
}

j6_status_t vm_model_map(unsigned space, unsigned area, vaddr_t *address, uint64_t offset,
                         uint64_t len, uint64_t flags)
{
    if (vm_model.areas[area].area == NULL || vm_model.mapping_count == VM_MODEL_MAPPINGS) {
        return j6_err_not_found;
    }
    vaddr_t expected = *address;
    vaddr_t got = *address;
    j6_status_t status =
        vm_space_map(&vm_model.spaces[space], vm_model.areas[area].area, &got, offset, len, flags);
    assert(status == expected_map(space, area, &expected, offset, len, flags));
    assert(got == (status == j6_status_ok ? expected : *address));
    if (status == j6_status_ok) {
        uint64_t size = len == 0 ? vm_model.areas[area].pages * PAGE_SIZE : len;
        vm_model.mappings[vm_model.mapping_count++] = (struct model_mapping){
            .space = space,
            .area = area,
            .start = got,
            .end = got + size,
            .offset = offset,
            .flags = (uint32_t)flags,
            .whole = len == 0,
        };
        *address = got;
    }
    return status;
}

static struct model_mapping piece_of(const struct model_mapping *mapping, vaddr_t start,
                                     vaddr_t end)
{
    struct model_mapping piece = *mapping;
    piece.start = start;
    piece.end = end;
    piece.offset += start - mapping->start;
    piece.whole = false;
    if (start > mapping->start) {
        piece.flags &= ~(uint32_t)j6_map_guard;
    }
    return piece;
}

j6_status_t vm_model_unmap(unsigned space, unsigned area, vaddr_t address, uint64_t len)
{
    if (vm_model.areas[area].area == NULL || vm_model.mapping_count + 2 > VM_MODEL_MAPPINGS) {
        return j6_err_not_found;
    }
    struct model_mapping *mapping = model_mapping_at(space, address);
    bool fits = mapping != NULL && mapping->area == area &&
                (len == 0 ? address == mapping->start : len <= mapping->end - address);
    j6_status_t expected = (address | len) % PAGE_SIZE != 0 ? j6_err_invalid_arg
                           : fits                           ? j6_status_ok
                                                            : j6_err_not_found;
    j6_status_t status =
        vm_space_unmap(&vm_model.spaces[space], vm_model.areas[area].area, address, len);
    assert(status == expected);
    if (status == j6_status_ok) {
        struct model_mapping old = *mapping;
        vaddr_t end = len == 0 ? old.end : address + len;
        *mapping = vm_model.mappings[--vm_model.mapping_count];
        if (address > old.start) {
            vm_model.mappings[vm_model.mapping_count++] = piece_of(&old, old.start, address);
        }
        if (end < old.end) {
            vm_model.mappings[vm_model.mapping_count++] = piece_of(&old, end, old.end);
        }
        model_forget_dead_areas();
    }
    return status;
}

vaddr_t vm_model_window(unsigned space)
{
    return vm_model.spaces[space].window;
}

static bool translate(unsigned space, vaddr_t address, uint32_t needed, paddr_t *out_page)
{
    uint32_t flags;
    return page_table_find(&vm_model.spaces[space].table, address, out_page, &flags) &&
           (flags & needed) == needed;
}

/* The page behind an address, after a fault if need be. */
static j6_status_t access_page(unsigned space, vaddr_t address, bool write, paddr_t *out_page)
{
    uint32_t needed = PAGE_USER | (write ? PAGE_WRITE : 0);
    if (translate(space, address, needed, out_page)) {
        return j6_status_ok;
    }
    j6_status_t status =
        vm_space_fault(&vm_model.spaces[space], address, write ? VM_ACCESS_WRITE : VM_ACCESS_READ);
    assert(status != j6_status_ok || translate(space, address, needed, out_page));
    return status;
}

static j6_status_t access(unsigned space, vaddr_t address, bool write, uint64_t value)
{
    const struct model_mapping *mapping = model_mapping_at(space, address);
    uint64_t number =
        mapping == NULL ? 0 : (mapping->offset + (address - mapping->start)) / PAGE_SIZE;
    bool allowed = mapping != NULL && (mapping->flags & (write ? j6_map_write : j6_map_read)) &&
                   number < vm_model.areas[mapping->area].pages &&
                   !(mapping->flags & j6_map_guard && address - mapping->start < PAGE_SIZE);
    paddr_t page;
    j6_status_t status = access_page(space, address, write, &page);
    assert(status == (allowed ? j6_status_ok : j6_err_bad_address));
    if (status == j6_status_ok) {
        uint64_t *words = phys_to_virt(page);
        uint64_t *word = &vm_model.areas[mapping->area].words[number];
        assert(words[0] == *word);
        for (unsigned i = 1; i < PAGE_SIZE / sizeof(*words); i++) {
            assert(words[i] == 0);
        }
        if (write) {
            words[0] = *word = value;
        }
    }
    return status;
}

j6_status_t vm_model_read(unsigned space, vaddr_t address)
{
    return access(space, address, false, 0);
}

j6_status_t vm_model_write(unsigned space, vaddr_t address, uint64_t value)
{
    return access(space, address, true, value);
}

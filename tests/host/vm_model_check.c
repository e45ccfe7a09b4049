/* SPDX-License-Identifier: MIT */
/* Nothing is lost, nothing is left: what mm has is what the model has, and all is paid for. */
#include "mm/frame.h"
#include "mm/slab.h"
#include "mm/vm_mapping.h"
#include "tests/host/vm_model_state.h"

static uint64_t tree_pages(struct vm_area *area)
{
    uint64_t count = 0;
    for (uint64_t number = 0; page_tree_next(&area->pages, number, &number) != 0; number++) {
        assert(number < area->size / PAGE_SIZE);
        count++;
    }
    return count;
}

static void check_entry(void *context, const struct page_visit *page)
{
    unsigned space = (unsigned)((const struct vm_space *)context - vm_model.spaces);
    const struct model_mapping *mapping = model_mapping_at(space, page->address);
    assert(mapping != NULL && page->size == PAGE_SIZE);
    struct vm_area *area = vm_model.areas[mapping->area].area;
    uint64_t offset = mapping->offset + (page->address - mapping->start);
    assert(page->page == (area->kind == VM_AREA_FIXED
                              ? area->physical + offset
                              : page_tree_find(&area->pages, offset / PAGE_SIZE)));
    assert(page->flags ==
           (PAGE_USER | area->page_flags | (mapping->flags & j6_map_write ? PAGE_WRITE : 0) |
            (mapping->flags & j6_map_exec ? PAGE_EXEC : 0)));
}

static void check_space(unsigned space)
{
    unsigned count = 0;
    const struct avl_tree *set = &vm_model.spaces[space].mappings;
    for (const struct vm_mapping *mapping = mapping_from(set, 0); mapping != NULL;
         mapping = mapping_next(mapping)) {
        const struct model_mapping *expected = model_mapping_at(space, mapping->start);
        assert(expected != NULL && expected->start == mapping->start);
        assert(expected->end == mapping->end && expected->offset == mapping->offset);
        assert(mapping->area == vm_model.areas[expected->area].area && mapping->linked);
        assert(mapping->whole == expected->whole && mapping->flags == expected->flags);
        count++;
    }
    for (unsigned i = 0; i < vm_model.mapping_count; i++) {
        count -= vm_model.mappings[i].space == space;
    }
    assert(count == 0);
    page_table_walk(&vm_model.spaces[space].table, check_entry, &vm_model.spaces[space]);
}

/* Nodes that a page tree has, at and below this one. */
static uint64_t tree_nodes(const struct page_tree_node *node)
{
    uint64_t count = node != NULL;
    for (unsigned slot = 0; node != NULL && node->level > 0 && slot < PAGE_TREE_FANOUT; slot++) {
        count += tree_nodes(node->children[slot]);
    }
    return count;
}

/* Frames that slabs have; what of them is in nobody's hands has been drained. */
static uint64_t slab_frames(void)
{
    struct j6_slab_info rows[8];
    uint64_t frames_in_slabs = 0;
    size_t count = slab_info(rows, 8);
    for (size_t i = 0; i < count; i++) {
        frames_in_slabs += rows[i].frames;
    }
    return frames_in_slabs;
}

void vm_model_check(void)
{
    grace_pass();
    memory_drain();
    uint64_t pages = 0;
    uint64_t nodes = 0;
    uint64_t tables = 0;
    uint64_t live = 0;
    for (unsigned i = 0; i < VM_MODEL_AREAS; i++) {
        struct vm_area *area = vm_model.areas[i].area;
        if (area != NULL) {
            assert(area->size == vm_model.areas[i].pages * PAGE_SIZE);
            pages += tree_pages(area);
            nodes += tree_nodes(area->pages.root);
            live++;
        }
    }
    for (unsigned i = 0; i < VM_MODEL_SPACES; i++) {
        if (vm_model.spaces[i].table.tables != 0) {
            check_space(i);
            tables += vm_model.spaces[i].table.tables;
        }
    }
    assert(kobject_live(j6_type_vma) == live);
    assert(VM_MODEL_LIMIT - vm_model.area_account.left[ACCOUNT_MEMORY] ==
           live * SLAB_COST(sizeof(struct vm_area)) + pages * PAGE_SIZE +
               nodes * SLAB_COST(sizeof(struct page_tree_node)));
    assert(VM_MODEL_LIMIT - vm_model.space_account.left[ACCOUNT_MEMORY] ==
           vm_model.mapping_count * SLAB_COST(sizeof(struct vm_mapping)) + tables * PAGE_SIZE);
    assert(frames_free() + pages + tables + slab_frames() == vm_model.frames_at_start);
}

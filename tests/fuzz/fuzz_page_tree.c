/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/page_tree.c tests/host/page_tree_model.c */
/*
 * Operations on a page tree, four bytes each: what, and a page number as 16 bits at one of seven
 * places, so that numbers of all sizes are common and meet often.
 */
#include "tests/host/page_tree_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t decode_number(const uint8_t *data)
{
    uint64_t digits = data[1] | (uint64_t)data[2] << 8;
    return digits << (6 * (data[0] % 7));
}

static void run(struct page_tree_model *model, const uint8_t *data)
{
    uint64_t number = decode_number(data + 1);
    switch (data[0] % 8) {
    case 0:
    case 1:
        (void)!page_tree_model_insert(model, number, number << PAGE_SHIFT | PAGE_SIZE | data[0]);
        break;
    case 2: page_tree_model_remove(model, number); break;
    case 3: page_tree_model_find(model, number); break;
    case 4: page_tree_model_next(model, number); break;
    case 5:
        page_tree_model_remove_step(model, number, number + data[0] * 64, 1 + data[0] / 4);
        break;
    case 6:
        page_tree_nodes_left = data[0] / 16; /* the next insert runs short */
        (void)!page_tree_model_insert(model, number, PAGE_SIZE);
        page_tree_nodes_left = -1;
        break;
    case 7: page_tree_model_check(model); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct page_tree_model model = {0};
    for (size_t i = 0; i + 4 <= size; i += 4) {
        run(&model, data + i);
    }
    page_tree_model_check(&model);
    page_tree_model_clear(&model);
    return 0;
}

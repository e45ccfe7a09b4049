/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/vm_mapping.c lib/avl.c tests/host/mapping_model.c */
/*
 * Operations on a set of mappings, four bytes each: what, a page, and how many of them. The highest
 * bits of the first byte put the page into one of four places, up to the end of the user half.
 */
#include "tests/host/mapping_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(struct mapping_model *model, const uint8_t *data)
{
    static const vaddr_t places[] = {0, USER_START, 1ull << 39, USER_END - 256 * PAGE_SIZE};
    vaddr_t start = places[data[0] >> 6] + data[1] * PAGE_SIZE;
    uint64_t len = (1 + data[2]) * PAGE_SIZE;
    size_t which = model->count > 0 ? data[3] % model->count : 0;
    switch (data[0] % 8) {
    case 0:
    case 1:
    case 2: mapping_model_insert(model, start, start + len); break;
    case 3:
        if (model->count > 0) {
            mapping_model_remove(model, which);
        }
        break;
    case 4:
        if (model->count > 0) {
            vaddr_t base = data[1] % 2 ? model->sorted[which]->start : start;
            mapping_model_move(model, which, base, base + len);
        }
        break;
    case 5: mapping_model_search(model, start + data[3]); break;
    case 6: mapping_model_room(model, start, start + data[3] * PAGE_SIZE, len); break;
    case 7: mapping_model_room(model, start, USER_END, len << data[3] % 28); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mapping_model model;
    mapping_model_init(&model);
    for (size_t i = 0; i + 4 <= size; i += 4) {
        run(&model, data + i);
    }
    mapping_model_clear(&model);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: mm/page_tree.c mm/page_tree_count.c mm/page_tree_share.c mm/page_tree_take.c tests/host/page_tree_model.c tests/host/page_tree_model_check.c tests/host/page_tree_model_memory.c */
/*
 * Operations on page trees that share nodes, six bytes each: what, on which two trees, a page number
 * as 16 bits at one of seven places, so that numbers of all sizes are common and meet often, and
 * the length of a range as a power of two. The high bits of the first byte say how many nodes are
 * to be had.
 */
#include "tests/host/page_tree_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct step {
    unsigned action;
    unsigned tree;
    unsigned other; /* not the same */
    uint64_t number;
    uint64_t end;
};

static struct step decode(const uint8_t *data)
{
    struct step step = {.action = data[0] % 12};
    uint64_t digits = data[3] | (uint64_t)data[4] << 8;
    step.tree = data[1] % MODEL_TREES;
    step.other = (step.tree + 1 + data[1] / 16 % (MODEL_TREES - 1)) % MODEL_TREES;
    step.number = digits << (6 * (data[2] % 7));
    step.end = step.number + (1ull << data[5] % 40) + data[5] / 64;
    return step;
}

static void run(const struct step *step)
{
    uint64_t number = step->number;
    switch (step->action) {
    case 0:
    case 1: (void)!model_insert(step->tree, number); break;
    case 2:
        if (model_page_at(&model_trees[step->tree], number) != 0) {
            (void)!model_write(step->tree, number);
        }
        break;
    case 3: (void)!model_own(step->tree, number); break;
    case 4: model_find(step->tree, number); break;
    case 5: model_next(step->tree, number); break;
    case 6: model_count(step->tree, number, step->end); break;
    case 7: (void)!model_take_step(step->tree, &number, step->end); break;
    case 8: (void)!model_take(step->tree, number, step->end); break;
    case 9: (void)!model_clone(step->other, step->tree, number, step->end); break;
    case 10: model_drop_step(step->tree); break;
    case 11: model_put(); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 6 <= size; i += 6) {
        struct step step = decode(data + i);
        unsigned nodes = data[i] / 12;
        model_nodes_left = nodes < 12 ? (long)nodes : -1;
        run(&step);
        model_nodes_left = -1;
        model_check();
    }
    model_end();
    return 0;
}

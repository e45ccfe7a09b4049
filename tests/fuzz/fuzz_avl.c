/* SPDX-License-Identifier: MIT */
/* SOURCES: lib/avl.c tests/host/avl_model.c */
/* Operations on the balanced tree, two bytes each: what, and on which key. */
#include "tests/host/avl_model.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct avl_model model;
    avl_model_init(&model);
    for (size_t i = 0; i + 1 < size; i += 2) {
        unsigned key = data[i + 1];
        switch (data[i] % 3) {
        case 0: avl_model_insert(&model, key); break;
        case 1: avl_model_remove(&model, key); break;
        case 2: avl_model_set_value(&model, key, data[i]); break;
        }
    }
    avl_model_check(&model);
    return 0;
}

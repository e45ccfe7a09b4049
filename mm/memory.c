/* SPDX-License-Identifier: MIT */
/* The caches, from the outermost to the innermost. */
#include "mm/memory.h"
#include "mm/frame.h"
#include "mm/slab.h"
#include "mm/table_pool.h"

void memory_drain(void)
{
    table_pool_drain();
    slab_drain();
    frame_drain();
}

/* SPDX-License-Identifier: MIT */
/*
 * The task state segment of each CPU (Intel SDM vol. 3, §8.7): its stacks, and at the end the map of the
 * I/O ports that user code may use (vol. 1, §19.5.2), a bit for each: 0 lets it.
 */
#pragma once
#include "arch/io_ports.h"
#include "arch/percpu.h"
#include "lib/bitmap.h"
#include <stddef.h>

struct tss {
    uint32_t zero0;
    uint64_t rsp[3];
    uint64_t zero1;
    uint64_t ist[7];
    uint64_t zero2;
    uint16_t zero3;
    uint16_t io_map_base; /* from the start of the TSS: TSS_IO_MAP or TSS_NO_IO_MAP */
    uint64_t io_map[BITMAP_WORDS(IO_PORTS)];
    uint8_t io_map_end; /* all ones: the CPU reads two bytes at a time */
} __attribute__((packed, aligned(8)));
_Static_assert(offsetof(struct tss, io_map) == 104, "Intel SDM vol. 3, figure 8-11");

#define TSS_LIMIT     (offsetof(struct tss, io_map_end)) /* of the segment: the last byte */
#define TSS_IO_MAP    (offsetof(struct tss, io_map))
#define TSS_NO_IO_MAP (TSS_LIMIT + 1) /* beyond the limit: no port is allowed */

extern PER_CPU(struct tss, tss);

/* SPDX-License-Identifier: MIT */
/* Colours as bits of a pixel. */
#pragma once
#include <stdint.h>

/* Eight bits of a colour at its place in a pixel, brought to the size that it has there. */
static inline uint32_t pixel_component(uint8_t value, uint8_t position, uint8_t size)
{
    return (uint32_t)((uint64_t)value << size >> 8 << position);
}

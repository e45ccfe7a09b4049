/* SPDX-License-Identifier: MIT */
/* What the victim writes into the page with the role `report` before it breaks itself. */
#pragma once
#include <stdint.h>

struct report {
    uint64_t rip;
    uint64_t address;
};

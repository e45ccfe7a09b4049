/* SPDX-License-Identifier: MIT */
/*
 * Timers of known frequency, which the TSC is compared with at the start. Nothing else uses them,
 * so nobody else may be surprised by how they are set.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct acpi_info;

/* Its count goes up. */
struct clock_reference {
    const char *name;
    /* Lets it count, and fills in what is missing below. False: there is none. */
    bool (*start)(const struct acpi_info *acpi, struct clock_reference *self);
    uint32_t (*read)(void);
    uint32_t mask; /* the bits that count */
    uint32_t period_fs;
};

enum { CLOCK_REFERENCES = 3 };

/* The best first. */
extern struct clock_reference clock_references[CLOCK_REFERENCES];

/* SPDX-License-Identifier: MIT */
/* The vectors of lines (arch/irq.h). */
#pragma once
#include <stdint.h>

struct acpi_info;

/* What ACPI tells about lines; *acpi stays. */
void irq_init(const struct acpi_info *acpi);

/* A line's vector has come; the caller ends the interrupt. */
void irq_route_fire(uint64_t vector);

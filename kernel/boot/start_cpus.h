/* SPDX-License-Identifier: MIT */
/* The other CPUs of the machine. */
#pragma once
#include "arch/boot_info.h"

struct acpi_info;

/*
 * Starts all CPUs that the MADT lists, at the same time, as far as smp=N allows. Waits for none of
 * them: who doesn't answer is found out by a timer, and left out. *acpi stays.
 */
void start_cpus(const struct boot_info *boot, const struct acpi_info *acpi);

/* Waits until each of them runs or is left out: for tests. */
void start_cpus_wait(void);

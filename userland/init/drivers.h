/* SPDX-License-Identifier: MIT */
/* The drivers of the machine: which there are, and what each may have. */
#pragma once

/* Starts them all, and says so. One that finds no device says that itself, and ends. */
void drivers_start(void);

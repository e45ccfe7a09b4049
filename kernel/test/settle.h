/* SPDX-License-Identifier: MIT */
/* For tests that count what is free, or alive. */
#pragma once

/*
 * Waits until all that has ended is freed. The other CPUs idle, but may be awake: by an interrupt, or
 * because their machine has stopped them. No lock is held.
 */
void settle(void);

/* SPDX-License-Identifier: MIT */
/* What the terminal means to files that are channels. */
#pragma once
#include "userland/linux/file.h"

/* Is that the channel of what is typed, or shown? */
bool terminal_is(const struct file *file);

/* Until when a read of a file with that patience waits, which isn't 0 (file.h). */
j6_time_t terminal_deadline(uint32_t patience);

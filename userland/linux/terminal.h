/* SPDX-License-Identifier: MIT */
/* What the terminal means to files that are channels. */
#pragma once
#include "userland/linux/file.h"

/* Is that the channel of what is typed, or shown? */
bool terminal_is(struct file *file);

/* Is it what is typed, in lines? Then a read gets no more than one, as on Linux: the next may be another program's. */
bool terminal_gives_lines(struct file *file);

/*
 * A read of a raw terminal may end without a byte: with a patience of n after n - 1 tenths of a second, with 0
 * never. Until when it waits, if it isn't 0.
 */
j6_time_t terminal_deadline(uint32_t patience);

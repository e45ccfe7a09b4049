/* SPDX-License-Identifier: MIT */
/* Loads an ELF file that lies in an area into a process that is being made. */
#pragma once
#include "lib/elf.h"
#include <j6/info.h>
#include <j6/start.h>
#include <j6/status.h>
#include <j6/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOADED_ROWS_MAX = 2 * ELF_SEGMENTS_MAX };

/* Where to start, and what lies where, in the new process. */
struct loaded {
    bool native;  /* a program of Senary's own */
    uint64_t low; /* all of it lies within these */
    uint64_t high;
    uint64_t entry;
    uint64_t phdr; /* 0: in no segment */
    size_t phnum;
    struct j6_start_handle *rows; /* set before: room for rows of the kind j6_start_segment … */
    size_t row_count;             /* … of its start table. A native program has none */
};

/*
 * Gives the process a copy-on-write copy of the file's segments, and zeros behind them: nothing else
 * of the file, and nothing that anybody else keeps. `random` chooses the place of a PIE, which is apart
 * from what was loaded before it (`beside`, or NULL). A file that isn't a static x86-64 program is
 * invalid_arg. After a failure the process is of no use: kill it.
 */
J6_MUST_USE j6_status_t load_image(j6_handle_t process, const struct j6_layout_info *layout,
                                   j6_handle_t elf, uint64_t random, const struct loaded *beside,
                                   struct loaded *out_loaded);

/* SPDX-License-Identifier: MIT */
/* Log entries: what the call `log` writes and system_get_log reads. */
#pragma once
#include <j6/types.h>
#include <stdint.h>

enum j6_log_severity {
    j6_log_output = 0, /* what a program prints: shown as bare text at the start of a line */
    j6_log_error = 1,
    j6_log_warning = 2,
    j6_log_info = 3,
    j6_log_debug = 4,
    j6_log_count = 5,
};

enum { j6_log_text_max = 1024 }; /* bytes of text in an entry */

/*
 * What system_get_log writes; the text, without a newline or a NUL, is the last `len` bytes of what
 * came. Where ids jump, entries were overwritten before they were read.
 */
struct j6_log_entry {
    uint64_t id;       /* from 1, one more with each entry */
    uint64_t time;     /* ns since boot, 0 before there is a clock */
    j6_koid_t process; /* who wrote it; 0: the kernel */
    j6_koid_t thread;
    uint32_t len; /* bytes of text */
    uint16_t cpu;
    uint16_t severity; /* j6_log_… */
};

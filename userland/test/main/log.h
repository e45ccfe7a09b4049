/* SPDX-License-Identifier: MIT */
/* Readers of the log; each helper reports what goes wrong in it. */
#pragma once
#include "userland/test/main/util.h"

/* One who reads the log, and what came last. */
struct log_reader {
    j6_handle_t system;
    uint64_t seen;
    struct {
        struct j6_log_entry entry;
        char text[j6_log_text_max];
    } last;
};

/* A reader that has read all that there is. */
void log_open(struct log_reader *reader);
void log_close(struct log_reader *reader);

/* Reads the next entry, if there is one. */
j6_status_t log_read_next(struct log_reader *reader);

/* Is that the text of the entry that it has read last? */
bool log_has_text(const struct log_reader *reader, const char *text);

/* Does its signal tell of an entry to read? */
bool log_is_new(const struct log_reader *reader);

void log_line(const char *text);

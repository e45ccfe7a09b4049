/* SPDX-License-Identifier: MIT */
/*
 * Who reads the log through a system object: the signal has_log of that object. It is set from the
 * start and by each entry, and cleared when the reader has found nothing newer than what it has seen.
 *
 * Rules: a system object with the range `log` embeds one; each reader of the log has an object of its
 * own. No lock of a rank from RANK_LOG_READERS on is held.
 */
#pragma once
#include "kernel/base/kobject.h"
#include "lib/list.h"
#include <j6/log.h>

struct log_reader {
    /* Immutable after init */
    struct kobject *object; /* whose signal it is, and which it is part of */
    /* Guarded by the lock in log_reader.c */
    struct list_node node; /* among those that are to be told of the next entry */
    bool ended;
};

/* The object is in nobody's hands yet. */
void log_reader_init(struct log_reader *reader, struct kobject *object);

/* No entry sets the signal any more. May be called again. */
void log_reader_end(struct log_reader *reader);

/*
 * The oldest entry that is newer than *seen, which becomes its id; `text` has room for LOG_TEXT_MAX
 * bytes. False: there is none, and has_log is clear until there is.
 */
bool log_reader_next(struct log_reader *reader, uint64_t *seen, struct j6_log_entry *out,
                     char *text);

/* Tells those who read to the end that there is more. Called by the scheduler, with nothing held. */
void log_readers_wake(void);

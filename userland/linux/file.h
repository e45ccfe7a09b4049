/* SPDX-License-Identifier: MIT */
/*
 * What a descriptor stands for. A kind of file is a table of operations; what a kind doesn't have answers as
 * Linux does for such a file.
 */
#pragma once
#include "userland/linux/layer.h"
#include <j6/sync.h>

struct file;

struct stat;

struct file_kind {
    uint32_t mode; /* S_IF… */
    /* At most len bytes. 0: the end. */
    int64_t (*read)(struct file *file, user_ptr_t buf, uint64_t len);
    /* Goes on with a read that has begun: what is there already, or 0. NULL: as read. */
    int64_t (*read_more)(struct file *file, user_ptr_t buf, uint64_t len);
    /* NULL: as many as were asked for, and nothing happens. */
    int64_t (*write)(struct file *file, user_ptr_t buf, uint64_t len);
    /* The same at an offset, which stays what it is. NULL: it has no offsets. */
    int64_t (*read_at)(struct file *file, user_ptr_t buf, uint64_t len, uint64_t offset);
    int64_t (*write_at)(struct file *file, user_ptr_t buf, uint64_t len, uint64_t offset);
    int64_t (*seek)(struct file *file, int64_t offset, unsigned whence);
    /* What isn't known without asking. NULL: all is. */
    int64_t (*stat)(struct file *file, struct stat *stat);
    /* For what may have to wait: what the object shows when it can be read and written; 0: always. */
    uint64_t readable;
    uint64_t writable;
    /* The last reference has gone. NULL: nothing is to be done but close the handle, if there is one. */
    void (*close)(struct file *file);
};

struct file {
    const struct file_kind *kind;
    j6_handle_t handle;
    uint32_t references;  /* atomic */
    uint32_t flags;       /* O_ACCMODE, O_APPEND, O_NONBLOCK; atomic */
    uint32_t patience;    /* terminal.h; atomic */
    uint32_t at_terminal; /* likewise */
    struct j6_mutex lock; /* of what follows */
    uint64_t offset;      /* of the next byte; of a directory, a cursor */
    void *state;          /* the kind's own */
};

/* With one reference; NULL when there is no memory. */
struct file *file_new(const struct file_kind *kind, j6_handle_t handle, uint32_t flags);
void file_get(struct file *file);
void file_put(struct file *file);

/* How long a call may wait. */
j6_time_t file_deadline(const struct file *file);

/* A channel, at either end or both. */
extern const struct file_kind channel_kind;

/* Text for the log, which shows it line by line. */
extern const struct file_kind log_kind;
void log_file_flush(struct file *file);

/* Has nothing to be read. */
extern const struct file_kind nothing_kind;

/* A service that takes text (<proto/text.h>). */
extern const struct file_kind text_kind;

/* What is open at a file service (<proto/files.h>). */
extern const struct file_kind stored_file_kind;
extern const struct file_kind directory_kind;

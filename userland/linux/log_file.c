/* SPDX-License-Identifier: MIT */
/*
 * What a program writes where it was given no channel goes to the log, a line as an entry. The end of what
 * it has written so far waits for the rest of its line, or for the end of the process.
 */
#include "lib/string.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/pool.h"
#include <linux/stat.h>

enum { LINE_MAX = 512, PIECE = 256 };

static const j6_time_t RETRY_AFTER = 1000000; /* 1 ms */

struct line {
    size_t len;
    char text[LINE_MAX];
};

static struct {
    struct j6_mutex lock;
    struct pool pool;
} lines = {.pool.size = sizeof(struct line)};

/* The log takes only so much of one process at a time. */
static void log_line(struct line *line)
{
    while (j6_log(j6_log_output, line->text, line->len) == j6_status_would_block) {
        j6_time_t now = 0;
        j6_clock(&now);
        j6_thread_sleep(now + RETRY_AFTER);
    }
    line->len = 0;
}

static void add(struct line *line, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n' || line->len == LINE_MAX) {
            log_line(line);
        }
        if (text[i] != '\n') {
            line->text[line->len++] = text[i];
        }
    }
}

/* Made with the first byte. */
static struct line *line_of_locked(struct file *file)
{
    if (file->state == NULL) {
        j6_mutex_lock(&lines.lock);
        file->state = pool_take(&lines.pool);
        j6_mutex_unlock(&lines.lock);
    }
    return file->state;
}

static int64_t write_locked(struct file *file, user_ptr_t buf, uint64_t len)
{
    struct line *line = line_of_locked(file);
    int64_t error = line != NULL ? 0 : -ENOMEM;
    uint64_t done = 0;
    while (done < len && error == 0) {
        char text[PIECE];
        size_t piece = len - done < PIECE ? len - done : PIECE;
        error = user_read(text, buf + done, piece);
        if (error == 0) {
            add(line, text, piece);
            done += piece;
        }
    }
    return done != 0 || error == 0 ? (int64_t)done : error;
}

static int64_t log_write(struct file *file, user_ptr_t buf, uint64_t len)
{
    j6_mutex_lock(&file->lock);
    int64_t result = write_locked(file, buf, len);
    j6_mutex_unlock(&file->lock);
    return result;
}

void log_file_flush(struct file *file)
{
    j6_mutex_lock(&file->lock);
    struct line *line = file->state;
    if (line != NULL && line->len != 0) {
        log_line(line);
    }
    j6_mutex_unlock(&file->lock);
}

static void log_close(struct file *file)
{
    log_file_flush(file);
    if (file->state != NULL) {
        j6_mutex_lock(&lines.lock);
        pool_give(&lines.pool, file->state);
        j6_mutex_unlock(&lines.lock);
    }
}

const struct file_kind log_kind = {.mode = S_IFCHR, .write = log_write, .close = log_close};

static int64_t nothing_read(struct file *file, user_ptr_t buf, uint64_t len)
{
    (void)file;
    (void)buf;
    (void)len;
    return 0;
}

const struct file_kind nothing_kind = {.mode = S_IFCHR, .read = nothing_read};

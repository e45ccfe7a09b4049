/* SPDX-License-Identifier: MIT */
/*
 * What appears on the line: the lines of several authors, one behind the other, never one within another.
 *
 * The author in the foreground writes where the cursor is, byte by byte. Others' bytes are kept until their line
 * is complete. Should the foreground's line be unfinished then, theirs begins on the next one, and the
 * foreground's is to be shown again behind it.
 *
 * Rules: pure; bytes go to a ring, in which there is room: SHOWN_MAX(len) for a write of len bytes. Columns are
 * counted to know whether a line is unfinished, not to lay anything out: escape sequences have none.
 */
#pragma once
#include <j6/ring.h>
#include <stdbool.h>

enum { AUTHOR_LINE_MAX = 1280 };

#define SHOWN_MAX(len)  (2 * (len) + 2 * AUTHOR_LINE_MAX + 4)
#define SHOWN_AGAIN_MAX (2 * AUTHOR_LINE_MAX) /* for shown_again */

/* Whose bytes they are. In the foreground, `line` has been shown; in the background, not yet. */
struct author {
    size_t len;
    char line[AUTHOR_LINE_MAX]; /* the unfinished line, unless it has become too long */
    bool is_long;
};

struct shown {
    struct ring *out;
    uint32_t column;
    enum { PLAIN, ESCAPED, SEQUENCE } escape;
    struct author *foreground; /* NULL: there is none */
    struct author *holder;     /* whose line is unfinished; NULL: that isn't known any more */
};

/* What the foreground writes. `newline`: a newline also returns to the left. */
void shown_write(struct shown *shown, const char *text, size_t len, bool newline);

/* What another one writes. True: that has ended an unfinished line of the foreground. */
bool shown_write_lines(struct shown *shown, struct author *author, const char *text, size_t len);

/* The rest of an author's lines: nothing more comes. True as above. */
bool shown_end(struct shown *shown, struct author *author);

/* What is echoed. It belongs to the foreground's line. */
void shown_echo(struct shown *shown, const char *text, size_t len);

/* The foreground's unfinished line once more, after shown_write_lines. */
void shown_again(struct shown *shown);

/* Another author, or none, is the foreground; what is kept of it is shown. */
void shown_set_foreground(struct shown *shown, struct author *author);

/* The author won't be there any more. */
void shown_forget(struct shown *shown, const struct author *author);

/* SPDX-License-Identifier: MIT */
#include "drivers/console/shown.h"

enum { ESCAPE = 0x1b, TAB_WIDTH = 8 };

/* ---- where the cursor is -------------------------------------------------------------------- */

static void go_on(struct shown *shown, uint8_t byte)
{
    switch (byte) {
    case '\r': shown->column = 0; break;
    case '\b': shown->column -= shown->column > 0; break;
    case '\t': shown->column = (shown->column / TAB_WIDTH + 1) * TAB_WIDTH; break;
    case ESCAPE: shown->escape = ESCAPED; break;
    default: shown->column += byte >= ' ' && (byte & 0xc0) != 0x80;
    }
}

/* ESC, or ESC [ with what follows up to a letter (ECMA-48, 5.4). Cursor positions (H) may be anywhere: the left. */
static void go_on_escaped(struct shown *shown, uint8_t byte)
{
    if (shown->escape == ESCAPED) {
        shown->escape = byte == '[' ? SEQUENCE : PLAIN;
    } else if (byte >= '@' && byte <= '~') {
        shown->escape = PLAIN;
        shown->column = byte == 'H' ? 0 : shown->column;
    }
}

static void put(struct shown *shown, char character)
{
    if (shown->escape != PLAIN) {
        go_on_escaped(shown, (uint8_t)character);
    } else {
        go_on(shown, (uint8_t)character);
    }
    ring_put(shown->out, (uint8_t)character);
}

static void put_text(struct shown *shown, const char *text, size_t len, bool newline)
{
    for (size_t i = 0; i < len; i++) {
        if (newline && text[i] == '\n') {
            put(shown, '\r');
        }
        put(shown, text[i]);
    }
}

/* ---- lines ---------------------------------------------------------------------------------- */

static void forget_line(struct author *author)
{
    author->len = 0;
    author->is_long = false;
}

static void keep(struct author *author, char character)
{
    if (author->len == AUTHOR_LINE_MAX) {
        author->len = 0;
        author->is_long = true;
    }
    if (!author->is_long) {
        author->line[author->len++] = character;
    }
}

/* On a line of one's own. */
static void begin_line(struct shown *shown, struct author *author)
{
    if (shown->column != 0 && shown->holder != author) {
        put_text(shown, "\n", 1, true);
    }
}

static void finish_line(struct shown *shown, struct author *author)
{
    put_text(shown, author->line, author->len, true);
    put_text(shown, "\n", 1, true);
    forget_line(author);
    shown->holder = NULL;
}

/* ---- the foreground ------------------------------------------------------------------------- */

void shown_write(struct shown *shown, const char *text, size_t len, bool newline)
{
    struct author *author = shown->foreground;
    begin_line(shown, author);
    put_text(shown, text, len, newline);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n') {
            forget_line(author);
        } else {
            keep(author, text[i]);
        }
    }
    shown->holder = author;
}

void shown_echo(struct shown *shown, const char *text, size_t len)
{
    if (len == 0) {
        return;
    }
    put_text(shown, text, len, false);
    if (shown->column == 0 && shown->foreground != NULL) {
        forget_line(shown->foreground);
    }
    shown->holder = shown->foreground;
}

void shown_again(struct shown *shown)
{
    if (shown->foreground != NULL) {
        put_text(shown, shown->foreground->line, shown->foreground->len, true);
        shown->holder = shown->foreground;
    }
}

void shown_set_foreground(struct shown *shown, struct author *author)
{
    if (shown->foreground != NULL) {
        forget_line(shown->foreground);
    }
    shown->foreground = author;
    if (author != NULL && author->len > 0) {
        begin_line(shown, author);
        shown_again(shown);
    }
}

/* ---- the others ----------------------------------------------------------------------------- */

static bool disturbs(const struct shown *shown)
{
    return shown->column != 0 && shown->foreground != NULL && shown->holder == shown->foreground;
}

/* A line that is too long is shown in pieces, each as a line. */
bool shown_write_lines(struct shown *shown, struct author *author, const char *text, size_t len)
{
    bool disturbed = false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '\n') {
            author->line[author->len++] = text[i];
        }
        if (text[i] == '\n' || author->len == AUTHOR_LINE_MAX) {
            disturbed |= disturbs(shown);
            begin_line(shown, author);
            finish_line(shown, author);
        }
    }
    return disturbed;
}

bool shown_end(struct shown *shown, struct author *author)
{
    bool disturbed = author->len > 0 && disturbs(shown);
    if (author->len > 0) {
        begin_line(shown, author);
        finish_line(shown, author);
    }
    return disturbed;
}

void shown_forget(struct shown *shown, const struct author *author)
{
    if (shown->foreground == author) {
        shown->foreground = NULL;
    }
    if (shown->holder == author) {
        shown->holder = NULL;
    }
}

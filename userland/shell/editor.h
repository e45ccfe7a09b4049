/* SPDX-License-Identifier: MIT */
/*
 * The line editor: bytes of an xterm go in, bytes for one come out. Pure.
 *
 * A command may have several lines: Enter goes to the next one as long as something is missing. It is drawn with
 * a prompt before the first line and another before the others, and wraps where the terminal ends. What is
 * drawn is kept as the cursor's row below the prompt, so that the next drawing begins at the right place.
 *
 *   Left Right ^B ^F      a character     ^Left ^Right M-b M-f   a word
 *   Home End ^A ^E        the line        Up Down ^P ^N          a line up or down; then the history
 *   Backspace ^H Del ^D   a character     ^W M-d                 a word
 *   ^K ^U                 to the end, to the beginning; ^Y brings back what was cut last
 *   Tab                   completes; twice: shows what there is
 *   ^R                    searches the history; ^G leaves that
 *   ^L                    clears the screen   ^C gives the line up   ^D in an empty one: the end
 */
#pragma once
#include "userland/shell/complete.h"
#include "userland/shell/history.h"
#include "userland/shell/text.h"
#include <stdbool.h>

enum { editor_len_max = 16384 };

enum editor_event {
    editor_more,      /* the line goes on */
    editor_line,      /* it is done: text_string(&editor->line) */
    editor_interrupt, /* it was given up */
    editor_end,       /* there will be no more */
};

struct editor {
    /* Set by the owner, and left alone here. */
    const struct history *history;
    const struct complete_source *completion; /* NULL: there is none */
    bool (*is_complete)(const char *line, size_t len);
    const char *prompt;
    const char *next_prompt; /* before further lines */
    unsigned columns;
    struct text out; /* what the terminal is to be sent; the owner takes it away */

    /* The line, and where the cursor is in it. */
    struct text line;
    size_t cursor;

    /* The rest is the editor's own. */
    struct text cut;   /* by ^K, ^U, ^W, M-d */
    struct text draft; /* the line before the history was looked at */
    size_t place;      /* in the history; its count: the draft */
    unsigned row;      /* of the cursor, below the first one … */
    unsigned column;   /* … and where in it */
    char sequence[16]; /* an escape sequence that goes on */
    unsigned sequence_len;
    bool tabbed;  /* the last key was a Tab that did nothing */
    bool pasting; /* between the marks of a paste: no key means anything */
    bool searching;
    struct text query;
    size_t match; /* in the history */
};

/* Begins a line: draws the prompt. */
void editor_begin(struct editor *editor);

enum editor_event editor_byte(struct editor *editor, char byte);

/* The terminal has that many columns now: draws the line anew, in the place where it begins. */
void editor_resized(struct editor *editor, unsigned columns);

/* Something of others was shown, and the terminal's cursor is on a new row behind it: draws the line anew there. */
void editor_disturbed(struct editor *editor);
void editor_free(struct editor *editor);

/* ---- between its files ------------------------------------------------------------------------- */

enum editor_key {
    key_none,
    key_up,
    key_down,
    key_left,
    key_right,
    key_home,
    key_end,
    key_delete,
    key_word_left,
    key_word_right,
    key_cut_word,
    key_cut_word_behind,
    key_paste_begin,
    key_paste_end,
};

/*
 * editor_draw.c: draws everything anew; a character of one column, which has come behind all others; puts the
 * terminal's cursor behind everything, and begins a new row.
 */
void editor_draw(struct editor *editor);
void editor_draw_behind(struct editor *editor, char byte);
void editor_leave(struct editor *editor);

/*
 * editor_move.c: where a character or a word before or behind the cursor begins or ends, or the row of a place. ^W goes
 * by blanks.
 */
size_t editor_before(const struct editor *editor);
size_t editor_behind(const struct editor *editor);
size_t editor_word_before(const struct editor *editor);
size_t editor_word_behind(const struct editor *editor);
size_t editor_blank_before(const struct editor *editor);
size_t editor_row_start(const struct editor *editor, size_t at);
size_t editor_row_end(const struct editor *editor, size_t at);

/* editor_change.c: nothing of it draws. What was cut comes back by ^Y, what was erased doesn't. */
void editor_insert(struct editor *editor, const char *bytes, size_t len);
void editor_set(struct editor *editor, const char *line);
void editor_erase(struct editor *editor, size_t from, size_t to);
void editor_cut(struct editor *editor, size_t from, size_t to);
void editor_up(struct editor *editor);
void editor_down(struct editor *editor);

/* editor_keys.c: what a key does; a byte behind an ESC. */
void editor_act(struct editor *editor, enum editor_key key);
void editor_sequence_byte(struct editor *editor, char byte);

void editor_bell(struct editor *editor);
void editor_complete(struct editor *editor);

void editor_search_begin(struct editor *editor);
/* A key while searching. False: the search is over, and the key is one for the line. */
bool editor_search_key(struct editor *editor, char byte);

/* SPDX-License-Identifier: MIT */
/* The streams of a command: bytes from and to them, and where redirections lead them. */
#pragma once
#include "userland/shell/syntax.h"
#include <j6/j6.h>
#include <stdbool.h>

struct stream {
    j6_handle_t handle; /* a channel, a file, a service that takes text; 0: none */
    uint64_t offset;    /* of a file: of the next byte to be read */
    bool of_terminal;   /* it is the shell's own channel of the terminal: other jobs have theirs */
};

struct streams {
    struct stream at[3];
};

struct shell;

j6_status_t stream_write(const struct stream *stream, const char *bytes, size_t len);

/* One byte, for who must not read more than it needs. False: the end. */
bool stream_read_byte(struct stream *stream, char *out_byte);

/* The same of the first stream, for commands. False also: Ctrl-C. */
bool read_byte(struct shell *shell, char *out_byte);

/*
 * Shown on the second stream; a note, or what is wrong, on the third. A script ends when nobody reads its output any
 * more. False: it couldn't be written, and why was said.
 */
bool say_bytes(struct shell *shell, const char *bytes, size_t len);
void say(struct shell *shell, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));
void note(struct shell *shell, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));
void complain(struct shell *shell, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

/* ---- redirect.c ---------------------------------------------------------------------------------- */

enum { redirects_max = 16 };

struct redirected {
    struct streams before;
    j6_handle_t opened[redirects_max];
    size_t count;
};

/* The shell's streams are those of the command until redirect_end. False: said why, and nothing has changed. */
bool redirect_begin(struct shell *shell, const struct redirect *redirects,
                    struct redirected *redirected);
void redirect_end(struct shell *shell, struct redirected *redirected);

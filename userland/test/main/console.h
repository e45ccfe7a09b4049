/* SPDX-License-Identifier: MIT */
/* What the tests of terminals share: a console at COM2 or COM1, and jobs of it. */
#pragma once
#include "userland/test/main/util.h"
#include <proto/terminal.h>

enum { CONSOLE_COM1 = 0x3f8, CONSOLE_COM2 = 0x2f8 };

struct console {
    j6_handle_t endpoint; /* kept, so that another driver can go on with it */
    j6_handle_t terminal; /* the one to ask */
    j6_handle_t memory;
    j6_handle_t system; /* of the driver: its line is bound until this is closed */
    j6_handle_t process;
};

/* Starts one at that port; `log`: an argument, or NULL. */
void console_open(struct console *console, uint16_t port, const char *log);
void console_start(struct console *console, uint16_t port, const char *log);

/* Kills its driver. */
void console_kill(struct console *console);
void console_close(struct console *console);

struct console_job {
    uint64_t id;
    j6_handle_t job;
    j6_handle_t input;
    j6_handle_t output;
    j6_handle_t event; /* which gets all signals */
};

void console_job_open(struct console_job *job, j6_handle_t from, uint64_t flags);
void console_job_close(struct console_job *job);

/* All of a text. */
void console_write(j6_handle_t output, const char *text);

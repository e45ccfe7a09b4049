/* SPDX-License-Identifier: MIT */
/*
 * The terminal at the end of a UART's line, and the jobs that use it (<proto/terminal.h>).
 *
 *   UART ──> received ──> again ──> discipline ──> ready ──> channel of the foreground    (input.c)
 *   UART <── to_send <── shown <── channels of all jobs, the log                          (output.c)
 *
 * Rules: one thread. Nothing here waits: what can't go on is tried again when there is a reason to, an
 * interrupt or a signal of a channel. terminal_work comes last, after all that may have given such a reason.
 */
#pragma once
#include "drivers/console/bytes.h"
#include "drivers/console/discipline.h"
#include "drivers/console/shown.h"
#include <j6/driver.h>
#include <j6/uart.h>
#include <proto/terminal.h>

enum {
    JOBS_MAX = 64,
    WATCHERS_MAX = 4, /* of a job */
    WAITERS_MAX = 4,  /* for answers to a job */
    RESERVED = 4,     /* jobs that are left to each one from which another comes */
    PIECES_MAX = 64,  /* that are shown at once, of writers who may never end */
    ROUNDS_MAX = 64,  /* likewise of a UART that is never busy */
    CHANNEL_SIZE = 65536,
    READY_MAX = 4096, /* beyond that nothing is taken from the line */
    KEPT_MAX = CHANNEL_SIZE + READY_MAX + 2 * LINE_MAX,
    OUTPUT_AHEAD = 4096, /* bytes on their way to the UART; the rest of to_send is for echoes */
    OUTPUT_PIECE = 1024,
};
_Static_assert(OUTPUT_AHEAD + SHOWN_MAX(OUTPUT_PIECE) + SHOWN_AGAIN_MAX + 2 * ECHO_MAX <= RING_SIZE,
               "there is room for what is taken from a channel, and for echoes");

struct terminal;
struct job;

/* Somebody's text. It is watched unless it waits. */
struct output {
    struct terminal *terminal;
    struct job *job; /* NULL: the log */
    struct driver_watch watch;
    struct author author;
    bool waits; /* there may be some, and nobody has looked: set by output_set_waits */
};

struct watcher {
    j6_handle_t event; /* 0: none */
    uint64_t signals;
};

/* A call that is answered later. */
struct waiter {
    uint64_t token;      /* 0: none */
    bool for_foreground; /* for it to be the writer; else for what its job wrote */
    bool is_taken;       /* all of it is in to_send … */
    uint32_t written;    /* … up to this count */
};

/* Free where id is 0. One that has ended lives on as long as its output does. */
struct job {
    uint64_t id;        /* its badge */
    struct job *parent; /* NULL: the terminal itself */
    bool has_ended;
    uint32_t mode;
    struct watcher watchers[WATCHERS_MAX];
    struct waiter waiters[WAITERS_MAX];
    struct driver_watch input; /* object 0: nobody has asked for it, or it has ended */
    bool input_is_watched;     /* until it is read from */
    j6_koid_t input_koid;
    struct output output; /* object 0: nobody has asked for it */
    j6_koid_t output_koid;
};

/* What the next driver goes on with if this one ends; all zero at the start. */
struct kept {
    uint64_t seen; /* of the log */
    uint32_t columns, rows;
};

struct terminal {
    struct driver driver;
    struct uart uart;
    bool has_hung_up;
    struct kept *kept;

    struct job jobs[JOBS_MAX];
    uint64_t last_id;
    struct job *foreground; /* is being typed to; NULL: nobody is */

    struct discipline discipline;
    struct bytes again; /* typed to a job that didn't read it, in another mode than lines */
    size_t
        echoed; /* so many of the first of these were typed in lines before, and aren't echoed again */
    size_t raw; /* typed since the foreground or its mode changed, to be passed on as it is */
    struct bytes ready; /* for the foreground */
    bool end_is_due;    /* Ctrl-D, behind what is ready */

    struct shown shown;
    struct job *writer; /* the foreground, as soon as what the former one wrote is on its way */
    size_t writer_left; /* so many bytes of that one were perhaps written before the change */
    struct output log;
    size_t turn;                        /* whose output is next */
    size_t waiting;                     /* so many outputs wait */
    struct waiter waiters[WAITERS_MAX]; /* who asked by the terminal's own handle */
    size_t waiter_count;                /* of all */
};

/* ---- jobs.c --------------------------------------------------------------------------------- */

/* The job with that badge; NULL: there is none. */
struct job *job_find(struct terminal *terminal, uint64_t id);

/* quota: there are too many, but for those that are left to others. `parent` may be NULL. */
J6_MUST_USE j6_status_t job_make(struct terminal *terminal, struct job *parent,
                                 struct job **out_job);

/* Nobody has a handle of it any more. */
void job_end(struct terminal *terminal, struct job *job);

/* Its output is through: frees what has ended. */
void job_free_if_over(struct terminal *terminal, struct job *job);

/* Is it that one (NULL: the terminal), or does it come from it? */
bool job_comes_from(const struct job *job, const struct job *ancestor);

/* Tells those of its events that are to know. */
void job_signal(const struct job *job, uint64_t signal);

/* ---- input.c, input_channel.c ---------------------------------------------------------------- */

void input_init(struct terminal *terminal);

/* Makes its channel, unless it has one. quota, no_memory. */
J6_MUST_USE j6_status_t input_open(struct terminal *terminal, struct job *job);

/* Its reader finds the end. */
void input_close(struct terminal *terminal, struct job *job);

/* From now on, that job (NULL: none) is typed to. */
void input_set_foreground(struct terminal *terminal, struct job *job);

void input_set_mode(struct terminal *terminal, struct job *job, uint32_t mode);

/* Drops what was typed and not read. */
void input_discard(struct terminal *terminal);

/* Takes what was typed as far as possible. */
void input_work(struct terminal *terminal);

/* ---- output.c ------------------------------------------------------------------------------- */

/* Makes its channel, unless it has one. quota, no_memory. */
J6_MUST_USE j6_status_t output_open(struct terminal *terminal, struct job *job);

/* Drops what it has written and isn't on its way. */
void output_discard(struct terminal *terminal, struct job *job);

/* The job's channel ends when all others have closed it. */
void output_let_go(struct terminal *terminal, struct job *job);

/* Shows what there is, as far as there is room. */
void output_work(struct terminal *terminal);

/*
 * The endpoint has closed: shows what the log still says. Is anything on its way? Nobody who writes is watched any
 * more: those have ended.
 */
bool output_finish(struct terminal *terminal);

/* Somebody's text, for which there is room. */
void output_show(struct output *output, const char *text, size_t len);

void output_set_waits(struct output *output, bool waits);

/* What was echoed. */
void output_echo(struct terminal *terminal, const struct echo *echo);

/* Its channel has nothing to show. */
bool output_is_empty(const struct output *output);

/* ---- waiters.c ------------------------------------------------------------------------------ */

/*
 * Answers the call of the job (NULL: by the terminal's own handle) when the foreground is the writer, or else when what
 * the job has written is out. quota: so many wait.
 */
J6_MUST_USE j6_status_t waiters_add(struct terminal *terminal, struct job *job, bool for_foreground,
                                    uint64_t *token);

/* Answers those for which that is so. */
void waiters_answer(struct terminal *terminal);

/* The job has ended: what it waits for is closed. */
void waiters_close(struct terminal *terminal, struct job *job);

/* ---- log.c ---------------------------------------------------------------------------------- */

/* From now on shows the log, up to that severity, behind what was seen of it. */
void log_open(struct terminal *terminal, uint64_t verbosity);

/* Shows the next entry; false: there is none. */
bool log_show_next(struct terminal *terminal);

/* ---- service.c ------------------------------------------------------------------------------ */

/* Serves until the endpoint closes. */
j6_status_t terminal_serve(struct terminal *terminal);

/* ---- work.c --------------------------------------------------------------------------------- */

/* All that can be done now is done. */
void terminal_work(struct terminal *terminal);

/* SPDX-License-Identifier: MIT */
/*
 * From the jobs and the log to the line. Only so much is on its way at once that an interrupt can stop it; the
 * rest is in the channels, where the writers wait. All get their turn.
 */
#include "drivers/console/terminal.h"

/* ---- what is written ------------------------------------------------------------------------ */

void output_echo(struct terminal *terminal, const struct echo *echo)
{
    shown_echo(&terminal->shown, echo->bytes, echo->len);
}

/* The foreground's line was ended by others': the discipline knows the rest of it, or the job does. */
static void show_again(struct terminal *terminal)
{
    const struct job *job = terminal->writer;
    struct echo echo;
    echo.len = 0;
    if ((job->mode & terminal_mode_lines) == 0) {
        job_signal(job, terminal_disturbed);
        return;
    }
    shown_again(&terminal->shown);
    if ((job->mode & terminal_mode_echo) != 0 && terminal->foreground == job) {
        discipline_show(&terminal->discipline, &echo);
        output_echo(terminal, &echo);
    }
}

void output_show(struct output *output, const char *text, size_t len)
{
    struct terminal *terminal = output->terminal;
    struct shown *shown = &terminal->shown;
    if (terminal->has_hung_up) {
        return;
    }
    if (shown->foreground == &output->author) {
        shown_write(shown, text, len, (output->job->mode & terminal_mode_newline) != 0);
    } else if (shown_write_lines(shown, &output->author, text, len)) {
        show_again(terminal);
    }
}

/* ---- whose turn it is ----------------------------------------------------------------------- */

static bool has_room(const struct terminal *terminal)
{
    return ring_count(&terminal->uart.to_send) < OUTPUT_AHEAD;
}

void output_set_waits(struct output *output, bool waits)
{
    output->terminal->waiting += (size_t)waits - (size_t)output->waits;
    output->waits = waits;
}

/* Who has become the foreground waits for the former one. */
static bool is_held(const struct output *output)
{
    const struct terminal *terminal = output->terminal;
    return output->job != NULL && output->job == terminal->foreground &&
           output->job != terminal->writer;
}

static void end(struct output *output)
{
    struct terminal *terminal = output->terminal;
    struct shown *shown = &terminal->shown;
    if (shown->foreground != &output->author && shown_end(shown, &output->author)) {
        show_again(terminal);
    }
    j6_handle_close(output->watch.object);
    output->watch.object = j6_handle_none;
    output_set_waits(output, false);
    job_free_if_over(terminal, output->job);
}

/* Tells how it went; ok: there may be more. */
static j6_status_t take_piece(struct output *output)
{
    static char text[OUTPUT_PIECE];
    struct terminal *terminal = output->terminal;
    uint64_t len = sizeof(text);
    if (output->job == NULL) {
        return log_show_next(terminal) ? j6_status_ok : j6_status_would_block;
    }
    j6_status_t status = j6_channel_receive(output->watch.object, &len, text, j6_deadline_poll);
    if (status == j6_status_ok) {
        output_show(output, text, len);
        if (output->job == terminal->writer) {
            terminal->writer_left -= len < terminal->writer_left ? len : terminal->writer_left;
        }
    }
    return status;
}

static void wait_for_room(struct output *output)
{
    driver_unwatch(&output->terminal->driver, &output->watch);
    output_set_waits(output, true);
}

/* It stays watched as long as it can be shown at once. */
static void serve_output(void *context, uint64_t signals)
{
    struct output *output = context;
    if ((signals & j6_signal_closed) != 0 || !has_room(output->terminal) || is_held(output)) {
        wait_for_room(output);
    } else {
        take_piece(output);
    }
}

/* False: nobody would tell of more, so it is looked at again when something else happens. */
static bool watch(struct output *output)
{
    bool told = driver_watch(&output->terminal->driver, &output->watch) == j6_status_ok;
    output_set_waits(output, !told);
    return told;
}

/* False as well. */
static bool go_on(struct output *output)
{
    bool told = true;
    j6_status_t status = take_piece(output);
    if (status == j6_status_closed) {
        end(output);
    } else if (status != j6_status_ok) {
        told = watch(output);
    }
    return told;
}

/* ---- the foreground's place ----------------------------------------------------------------- */

bool output_is_empty(const struct output *output)
{
    uint64_t signals;
    return output->watch.object == j6_handle_none ||
           j6_object_wait(output->watch.object, j6_signal_channel_can_recv, &signals,
                          j6_deadline_poll) == j6_status_would_block;
}

/* What the former one has written until now comes first; but it may go on writing for ever. */
static void follow_foreground(struct terminal *terminal)
{
    struct job *before = terminal->writer;
    struct job *after = terminal->foreground;
    bool changes = before != after;
    if (changes && before != NULL && terminal->writer_left > 0 &&
        !output_is_empty(&before->output)) {
        return;
    }
    terminal->writer_left = CHANNEL_SIZE;
    if (!changes) {
        return;
    }
    terminal->writer = after;
    shown_set_foreground(&terminal->shown, after != NULL ? &after->output.author : NULL);
    if (before != NULL) {
        job_free_if_over(terminal, before);
    }
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* The next one that waits and needn't; NULL: there is none. The log comes behind the jobs. */
static struct output *next(struct terminal *terminal)
{
    for (size_t i = 0; i <= JOBS_MAX; i++) {
        size_t turn = (terminal->turn + i) % (JOBS_MAX + 1);
        struct output *output = turn < JOBS_MAX ? &terminal->jobs[turn].output : &terminal->log;
        if (output->waits && !is_held(output)) {
            terminal->turn = turn + 1;
            return output;
        }
    }
    return NULL;
}

/* Those that could go on are watched: that tells at once, but behind others' requests. */
static void go_on_later(struct terminal *terminal)
{
    for (size_t i = 0; i <= JOBS_MAX; i++) {
        struct output *output = i < JOBS_MAX ? &terminal->jobs[i].output : &terminal->log;
        if (output->waits && !is_held(output)) {
            (void)watch(output);
        }
    }
}

/* Where nobody is at the other end there is always room, and a writer may be as fast as we are. */
void output_work(struct terminal *terminal)
{
    struct output *output;
    unsigned pieces = 0;
    follow_foreground(terminal);
    while (terminal->waiting > 0 && has_room(terminal) && pieces < PIECES_MAX &&
           (output = next(terminal)) != NULL && go_on(output)) {
        follow_foreground(terminal);
        pieces++;
    }
    if (pieces == PIECES_MAX && has_room(terminal)) {
        go_on_later(terminal);
    }
}

bool output_finish(struct terminal *terminal)
{
    while (has_room(terminal) && log_show_next(terminal)) {}
    uart_continue(&terminal->uart);
    return ring_count(&terminal->uart.to_send) > 0;
}

/* ---- channels ------------------------------------------------------------------------------- */

j6_status_t output_open(struct terminal *terminal, struct job *job)
{
    struct output *output = &job->output;
    j6_handle_t channel;
    if (output->watch.object != j6_handle_none) {
        return j6_status_ok;
    }
    j6_status_t status = j6_channel_create(0, &channel);
    if (status != j6_status_ok) {
        return status;
    }
    *output = (struct output){.terminal = terminal, .job = job};
    output->watch = (struct driver_watch){.object = channel,
                                          .mask = j6_signal_channel_can_recv | j6_signal_closed,
                                          .serve = serve_output,
                                          .context = output};
    status = j6_object_koid(channel, &job->output_koid);
    if (status == j6_status_ok) {
        status = driver_watch(&terminal->driver, &output->watch);
    }
    if (status != j6_status_ok) {
        j6_handle_close(channel);
        output->watch.object = j6_handle_none;
    }
    return status;
}

void output_discard(struct terminal *terminal, struct job *job)
{
    static char text[OUTPUT_PIECE];
    uint64_t len = sizeof(text);
    size_t left = CHANNEL_SIZE;
    while (job->output.watch.object != j6_handle_none && left > 0 &&
           j6_channel_receive(job->output.watch.object, &len, text, j6_deadline_poll) ==
               j6_status_ok) {
        left -= len < left ? len : left;
        len = sizeof(text);
    }
    if (terminal->shown.foreground != &job->output.author) {
        job->output.author.len = 0;
    }
}

/* Our own handle to send would keep it open. Without another one, it ends here. */
void output_let_go(struct terminal *terminal, struct job *job)
{
    struct output *output = &job->output;
    j6_handle_t receiver = j6_handle_none;
    if (output->watch.object == j6_handle_none) {
        return;
    }
    if (!output->waits) {
        wait_for_room(output);
    }
    if (j6_handle_duplicate(output->watch.object, j6_right_channel_receive | j6_right_wait, 0,
                            &receiver) != j6_status_ok) {
        output_discard(terminal, job);
        end(output);
        return;
    }
    j6_handle_close(output->watch.object);
    output->watch.object = receiver;
}

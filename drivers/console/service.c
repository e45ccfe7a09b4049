/* SPDX-License-Identifier: MIT */
/* The requests of <proto/terminal.h>. A job's handles have its id as their badge; the terminal's own have none. */
#include "drivers/console/terminal.h"

static const uint64_t JOB_RIGHTS =
    j6_right_endpoint_send | j6_right_wait | j6_right_duplicate | j6_right_transfer;
static const uint64_t CHANNEL_RIGHTS = j6_right_wait | j6_right_duplicate | j6_right_transfer;
static const uint64_t SIGNALS =
    terminal_interrupt | terminal_hang_up | terminal_resized | terminal_disturbed;

static struct terminal *terminal_of(const struct j6_request *request)
{
    return request->server->context;
}

/* Who asks; NULL: the terminal itself. closed: a job of a terminal that was here before. */
static j6_status_t find_asker(const struct j6_request *request, struct job **out_job)
{
    *out_job = request->badge != 0 ? job_find(terminal_of(request), request->badge) : NULL;
    return *out_job == NULL && request->badge != 0 ? j6_status_closed : j6_status_ok;
}

/* For requests that a job alone can make. */
static j6_status_t find_job(const struct j6_request *request, struct job **out_job)
{
    j6_status_t status = find_asker(request, out_job);
    return status == j6_status_ok && *out_job == NULL ? j6_err_bad_state : status;
}

/* ---- jobs ----------------------------------------------------------------------------------- */

static bool may_take_foreground(const struct terminal *terminal, const struct job *asker)
{
    return terminal->foreground == NULL || job_comes_from(terminal->foreground, asker);
}

static j6_status_t serve_open(struct j6_request *request)
{
    struct terminal *terminal = terminal_of(request);
    bool foreground = (request->fields[0] & terminal_open_foreground) != 0;
    struct job *asker;
    struct job *job;
    j6_status_t status = find_asker(request, &asker);
    if (status == j6_status_ok && (request->fields[0] & ~(uint64_t)terminal_open_foreground) != 0) {
        status = j6_err_invalid_arg;
    }
    if (status == j6_status_ok && foreground && !may_take_foreground(terminal, asker)) {
        status = j6_err_denied;
    }
    if (status == j6_status_ok) {
        status = job_make(terminal, asker, &job);
    }
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_handle_duplicate(terminal->driver.endpoint, JOB_RIGHTS, job->id,
                                 &request->answer_handle);
    if (status != j6_status_ok) {
        request->answer_handle = j6_handle_none;
        job_end(terminal, job);
        return status;
    }
    request->answer[0] = job->id;
    if (foreground) {
        input_set_foreground(terminal, job);
    }
    terminal_work(terminal);
    return j6_status_ok;
}

static j6_status_t serve_input(struct j6_request *request)
{
    struct terminal *terminal = terminal_of(request);
    struct job *job;
    j6_status_t status = find_job(request, &job);
    if (status == j6_status_ok) {
        status = input_open(terminal, job);
    }
    if (status == j6_status_ok) {
        status = j6_handle_duplicate(job->input.object, CHANNEL_RIGHTS | j6_right_channel_receive,
                                     0, &request->answer_handle);
    }
    terminal_work(terminal);
    return status;
}

static j6_status_t serve_output(struct j6_request *request)
{
    struct job *job;
    j6_status_t status = find_job(request, &job);
    if (status == j6_status_ok) {
        status = output_open(terminal_of(request), job);
    }
    if (status == j6_status_ok) {
        status =
            j6_handle_duplicate(job->output.watch.object, CHANNEL_RIGHTS | j6_right_channel_send, 0,
                                &request->answer_handle);
    }
    return status;
}

static struct watcher *find_free_watcher(struct job *job)
{
    for (size_t i = 0; i < WATCHERS_MAX; i++) {
        if (job->watchers[i].event == j6_handle_none) {
            return &job->watchers[i];
        }
    }
    return NULL;
}

static j6_status_t serve_watch(struct j6_request *request)
{
    struct job *job;
    j6_status_t status = find_job(request, &job);
    if (status != j6_status_ok) {
        return status;
    }
    if (j6_handle_type(request->handle) != j6_type_event ||
        (j6_handle_rights(request->handle) & j6_right_signal) == 0 ||
        (request->fields[0] & ~SIGNALS) != 0) {
        return j6_err_invalid_arg;
    }
    struct watcher *watcher = find_free_watcher(job);
    if (watcher == NULL) {
        return j6_err_quota;
    }
    *watcher = (struct watcher){.event = request->handle, .signals = request->fields[0]};
    request->handle = j6_handle_none;
    return j6_status_ok;
}

static j6_status_t serve_foreground(struct j6_request *request)
{
    struct terminal *terminal = terminal_of(request);
    uint64_t id = request->fields[0];
    struct job *asker;
    j6_status_t status = find_asker(request, &asker);
    if (status != j6_status_ok) {
        return status;
    }
    struct job *job = id != 0 ? job_find(terminal, id) : asker;
    if (id != 0 && (job == NULL || !job_comes_from(job, asker))) {
        return j6_err_not_found;
    }
    if (!may_take_foreground(terminal, asker)) {
        return j6_err_denied;
    }
    status = output_answer_later(terminal, NULL, &request->token);
    if (status == j6_status_ok) {
        input_set_foreground(terminal, job);
        terminal_work(terminal);
    }
    return status;
}

/* ---- what it is like ------------------------------------------------------------------------ */

static j6_status_t serve_look(struct j6_request *request)
{
    const struct terminal *terminal = terminal_of(request);
    struct job *job;
    struct terminal_state state = {.columns = terminal->kept->columns,
                                   .rows = terminal->kept->rows};
    j6_status_t status = find_asker(request, &job);
    if (status == j6_status_ok && job != NULL) {
        state.mode = job->mode;
        state.flags = terminal->foreground == job ? terminal_is_foreground : 0;
        state.input = job->input_koid;
        state.output = job->output_koid;
    }
    memcpy(request->answer, &state, sizeof(state));
    return status;
}

static j6_status_t serve_set_mode(struct j6_request *request)
{
    struct terminal *terminal = terminal_of(request);
    struct job *job;
    j6_status_t status = find_job(request, &job);
    if (status == j6_status_ok && (request->fields[0] & ~(uint64_t)terminal_mode_usual) != 0) {
        status = j6_err_invalid_arg;
    }
    if (status == j6_status_ok) {
        input_set_mode(terminal, job, (uint32_t)request->fields[0]);
        terminal_work(terminal);
    }
    return status;
}

static j6_status_t serve_set_size(struct j6_request *request)
{
    struct terminal *terminal = terminal_of(request);
    struct terminal_size size;
    struct job *asker;
    memcpy(&size, request->fields, sizeof(size));
    j6_status_t status = find_asker(request, &asker);
    if (status != j6_status_ok ||
        (size.columns == terminal->kept->columns && size.rows == terminal->kept->rows)) {
        return status;
    }
    terminal->kept->columns = size.columns;
    terminal->kept->rows = size.rows;
    for (size_t i = 0; i < JOBS_MAX; i++) {
        job_signal(&terminal->jobs[i], terminal_resized);
    }
    return j6_status_ok;
}

/* ---- what is under way ---------------------------------------------------------------------- */

static j6_status_t serve_drain(struct j6_request *request)
{
    struct terminal *terminal = terminal_of(request);
    struct job *job;
    j6_status_t status = find_job(request, &job);
    if (status == j6_status_ok) {
        status = output_answer_later(terminal, job, &request->token);
    }
    terminal_work(terminal);
    return status;
}

static j6_status_t serve_discard(struct j6_request *request)
{
    struct terminal *terminal = terminal_of(request);
    uint64_t what = request->fields[0];
    struct job *job;
    j6_status_t status = find_job(request, &job);
    if (status != j6_status_ok) {
        return status;
    }
    if ((what & ~(uint64_t)(terminal_discard_input | terminal_discard_output)) != 0) {
        return j6_err_invalid_arg;
    }
    if ((what & terminal_discard_input) != 0) {
        if (terminal->foreground != job) {
            return j6_err_denied;
        }
        input_discard(terminal);
    }
    if ((what & terminal_discard_output) != 0) {
        output_discard(terminal, job);
    }
    terminal_work(terminal);
    return j6_status_ok;
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* Nobody sees what is written any more, and nobody types. */
static void hang_up(struct terminal *terminal)
{
    for (size_t i = 0; i < JOBS_MAX; i++) {
        struct job *job = &terminal->jobs[i];
        if (job->id != 0) {
            job_signal(job, terminal_hang_up);
            input_close(terminal, job);
        }
    }
}

static void look_at_line(struct terminal *terminal)
{
    struct ring *to_send = &terminal->uart.to_send;
    bool hung_up = uart_has_hung_up(&terminal->uart);
    if (hung_up && !terminal->has_hung_up) {
        hang_up(terminal);
    }
    terminal->has_hung_up = hung_up;
    if (hung_up) {
        to_send->taken = to_send->put;
    }
}

static bool is_anything_waiting(const struct terminal *terminal)
{
    return terminal->waiting > 0 || terminal->waiter_count > 0 ||
           ring_count(&terminal->uart.received) > 0 || terminal->again.len > 0;
}

/* An idle transmitter takes some at once: then there is room for more, and no interrupt tells of it. */
void terminal_work(struct terminal *terminal)
{
    const struct ring *to_send = &terminal->uart.to_send;
    size_t before;
    look_at_line(terminal);
    do {
        input_work(terminal);
        output_work(terminal);
        before = ring_count(to_send);
        uart_continue(&terminal->uart);
    } while (ring_count(to_send) < before && is_anything_waiting(terminal));
}

static void serve_notice(const struct j6_server *server, const struct j6_call *notice)
{
    struct terminal *terminal = server->context;
    struct job *job;
    if (notice->tag == j6_tag_badge_gone) {
        job = notice->badge != 0 ? job_find(terminal, notice->badge) : NULL;
        if (job != NULL) {
            job_end(terminal, job);
        }
    } else if (driver_serve(&terminal->driver, notice) != j6_status_ok) {
        driver_log(&terminal->driver, j6_log_error, "an interrupt or a signal is lost");
    }
    terminal_work(terminal);
}

j6_status_t terminal_serve(struct terminal *terminal)
{
    static const struct j6_method methods[] = {
        {.code = terminal_code_open, .serve = serve_open},
        {.code = terminal_code_input, .serve = serve_input},
        {.code = terminal_code_output, .serve = serve_output},
        {.code = terminal_code_watch, .has_handle = true, .serve = serve_watch},
        {.code = terminal_code_foreground, .serve = serve_foreground},
        {.code = terminal_code_look, .serve = serve_look},
        {.code = terminal_code_set_mode, .serve = serve_set_mode},
        {.code = terminal_code_set_size, .serve = serve_set_size},
        {.code = terminal_code_drain, .serve = serve_drain},
        {.code = terminal_code_discard, .serve = serve_discard},
    };
    const struct j6_server server = {
        .endpoint = terminal->driver.endpoint,
        .methods = methods,
        .count = sizeof(methods) / sizeof(methods[0]),
        .context = terminal,
        .notice = serve_notice,
        .keeps_memory = true,
    };
    terminal_work(terminal);
    return j6_serve(&server);
}

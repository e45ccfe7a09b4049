/* SPDX-License-Identifier: MIT */
/* What a terminal and its jobs are like, and what is under way to or from them. */
#include "drivers/console/service.h"

/* ---- what it is like ------------------------------------------------------------------------ */

j6_status_t request_look(struct j6_request *request)
{
    const struct terminal *terminal = request_terminal(request);
    struct job *job;
    struct terminal_state state = {.columns = terminal->kept->columns,
                                   .rows = terminal->kept->rows};
    j6_status_t status = request_asker(request, &job);
    if (status == j6_status_ok && job != NULL) {
        state.mode = job->mode;
        state.flags = terminal->foreground == job ? terminal_is_foreground : 0;
        state.input = job->input_koid;
        state.output = job->output_koid;
    }
    memcpy(request->answer, &state, sizeof(state));
    return status;
}

j6_status_t request_set_mode(struct j6_request *request)
{
    struct terminal *terminal = request_terminal(request);
    struct job *job;
    j6_status_t status = request_job(request, &job);
    if (status == j6_status_ok && (request->fields[0] & ~(uint64_t)terminal_mode_usual) != 0) {
        status = j6_err_invalid_arg;
    }
    if (status == j6_status_ok) {
        input_set_mode(terminal, job, (uint32_t)request->fields[0]);
        terminal_work(terminal);
    }
    return status;
}

j6_status_t request_set_size(struct j6_request *request)
{
    struct terminal *terminal = request_terminal(request);
    struct terminal_size size;
    struct job *asker;
    memcpy(&size, request->fields, sizeof(size));
    j6_status_t status = request_asker(request, &asker);
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

j6_status_t request_drain(struct j6_request *request)
{
    struct terminal *terminal = request_terminal(request);
    struct job *job;
    j6_status_t status = request_job(request, &job);
    if (status == j6_status_ok) {
        status = waiters_add(terminal, job, false, &request->token);
    }
    terminal_work(terminal);
    return status;
}

j6_status_t request_discard(struct j6_request *request)
{
    struct terminal *terminal = request_terminal(request);
    uint64_t what = request->fields[0];
    struct job *job;
    j6_status_t status = request_job(request, &job);
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

/* SPDX-License-Identifier: MIT */
/* Receives requests and notices, finds out whose they are, and has them served. */
#include "drivers/console/service.h"

struct terminal *request_terminal(const struct j6_request *request)
{
    return request->server->context;
}

j6_status_t request_asker(const struct j6_request *request, struct job **out_job)
{
    *out_job = request->badge != 0 ? job_find(request_terminal(request), request->badge) : NULL;
    return *out_job == NULL && request->badge != 0 ? j6_status_closed : j6_status_ok;
}

j6_status_t request_job(const struct j6_request *request, struct job **out_job)
{
    j6_status_t status = request_asker(request, out_job);
    return status == j6_status_ok && *out_job == NULL ? j6_err_bad_state : status;
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
        {.code = terminal_code_open, .serve = request_open},
        {.code = terminal_code_input, .serve = request_input},
        {.code = terminal_code_output, .serve = request_output},
        {.code = terminal_code_watch, .has_handle = true, .serve = request_watch},
        {.code = terminal_code_foreground, .serve = request_foreground},
        {.code = terminal_code_look, .serve = request_look},
        {.code = terminal_code_set_mode, .serve = request_set_mode},
        {.code = terminal_code_set_size, .serve = request_set_size},
        {.code = terminal_code_drain, .serve = request_drain},
        {.code = terminal_code_discard, .serve = request_discard},
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

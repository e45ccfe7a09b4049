/* SPDX-License-Identifier: MIT */
/* Jobs, their channels and events, and which of them is the foreground. */
#include "drivers/console/service.h"

static const uint64_t JOB_RIGHTS =
    j6_right_endpoint_send | j6_right_wait | j6_right_duplicate | j6_right_transfer;
static const uint64_t CHANNEL_RIGHTS = j6_right_wait | j6_right_duplicate | j6_right_transfer;
static const uint64_t SIGNALS =
    terminal_interrupt | terminal_hang_up | terminal_resized | terminal_disturbed;

static bool may_take_foreground(const struct terminal *terminal, const struct job *asker)
{
    return terminal->foreground == NULL || job_comes_from(terminal->foreground, asker);
}

j6_status_t request_open(struct j6_request *request)
{
    struct terminal *terminal = request_terminal(request);
    bool foreground = (request->fields[0] & terminal_open_foreground) != 0;
    struct job *asker;
    struct job *job;
    j6_status_t status = request_asker(request, &asker);
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

j6_status_t request_input(struct j6_request *request)
{
    struct terminal *terminal = request_terminal(request);
    struct job *job;
    j6_status_t status = request_job(request, &job);
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

j6_status_t request_output(struct j6_request *request)
{
    struct job *job;
    j6_status_t status = request_job(request, &job);
    if (status == j6_status_ok) {
        status = output_open(request_terminal(request), job);
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

j6_status_t request_watch(struct j6_request *request)
{
    struct job *job;
    j6_status_t status = request_job(request, &job);
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

j6_status_t request_foreground(struct j6_request *request)
{
    struct terminal *terminal = request_terminal(request);
    uint64_t id = request->fields[0];
    struct job *asker;
    j6_status_t status = request_asker(request, &asker);
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
    status = waiters_add(terminal, asker, true, &request->token);
    if (status == j6_status_ok) {
        input_set_foreground(terminal, job);
        terminal_work(terminal);
    }
    return status;
}

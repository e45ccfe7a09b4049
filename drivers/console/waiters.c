/* SPDX-License-Identifier: MIT */
/*
 * Calls that are answered when what was written is on its way, or out on the line. Each job has its own few, so
 * that none keeps others from waiting.
 */
#include "drivers/console/terminal.h"

static void answer(struct terminal *terminal, struct waiter *waiter, j6_status_t status)
{
    j6_answer(terminal->driver.endpoint, waiter->token, status, NULL, 0, 0);
    waiter->token = 0;
    terminal->waiter_count--;
}

j6_status_t waiters_add(struct terminal *terminal, struct job *job, bool for_foreground,
                        uint64_t *token)
{
    struct waiter *waiters = job != NULL ? job->waiters : terminal->waiters;
    for (size_t i = 0; i < WAITERS_MAX; i++) {
        if (waiters[i].token == 0) {
            waiters[i] = (struct waiter){.token = *token, .for_foreground = for_foreground};
            *token = 0;
            terminal->waiter_count++;
            return j6_status_ok;
        }
    }
    return j6_err_quota;
}

static bool is_out(const struct terminal *terminal, const struct job *job, struct waiter *waiter)
{
    const struct ring *to_send = &terminal->uart.to_send;
    if (!waiter->is_taken && output_is_empty(&job->output)) {
        waiter->is_taken = true;
        waiter->written = to_send->put;
    }
    return waiter->is_taken && to_send->put - to_send->taken <= to_send->put - waiter->written;
}

static void answer_some(struct terminal *terminal, const struct job *job, struct waiter *waiters)
{
    for (size_t i = 0; i < WAITERS_MAX; i++) {
        struct waiter *waiter = &waiters[i];
        if (waiter->token != 0 && (waiter->for_foreground ? terminal->writer == terminal->foreground
                                                          : is_out(terminal, job, waiter))) {
            answer(terminal, waiter, j6_status_ok);
        }
    }
}

void waiters_answer(struct terminal *terminal)
{
    if (terminal->waiter_count == 0) {
        return;
    }
    answer_some(terminal, NULL, terminal->waiters);
    for (size_t i = 0; i < JOBS_MAX; i++) {
        answer_some(terminal, &terminal->jobs[i], terminal->jobs[i].waiters);
    }
}

void waiters_close(struct terminal *terminal, struct job *job)
{
    for (size_t i = 0; i < WAITERS_MAX; i++) {
        if (job->waiters[i].token != 0) {
            answer(terminal, &job->waiters[i], j6_status_closed);
        }
    }
}

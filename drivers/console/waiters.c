/* SPDX-License-Identifier: MIT */
/* Calls that are answered when what was written is on its way, or out on the line. */
#include "drivers/console/terminal.h"

j6_status_t waiters_add(struct terminal *terminal, struct job *job, uint64_t *token)
{
    for (size_t i = 0; i < WAITERS_MAX; i++) {
        struct waiter *waiter = &terminal->waiters[i];
        if (waiter->token == 0) {
            *waiter = (struct waiter){.token = *token, .job = job};
            *token = 0;
            terminal->waiter_count++;
            return j6_status_ok;
        }
    }
    return j6_err_quota;
}

static bool is_over(const struct terminal *terminal, struct waiter *waiter)
{
    const struct ring *to_send = &terminal->uart.to_send;
    if (waiter->job == NULL) {
        return terminal->writer == terminal->foreground;
    }
    if (!waiter->is_taken && output_is_empty(&waiter->job->output)) {
        waiter->is_taken = true;
        waiter->written = to_send->put;
    }
    return waiter->is_taken && to_send->put - to_send->taken <= to_send->put - waiter->written;
}

void waiters_answer(struct terminal *terminal)
{
    for (size_t i = 0; i < WAITERS_MAX && terminal->waiter_count > 0; i++) {
        struct waiter *waiter = &terminal->waiters[i];
        if (waiter->token != 0 && is_over(terminal, waiter)) {
            j6_answer(terminal->driver.endpoint, waiter->token, j6_status_ok, NULL, 0, 0);
            waiter->token = 0;
            terminal->waiter_count--;
        }
    }
}

/* SPDX-License-Identifier: MIT */
/* What can be done now: the line may have come or gone, what is typed goes in, and what is written out. */
#include "drivers/console/terminal.h"

/* Nobody sees what is written any more, and nobody types. What was typed isn't for who comes next. */
static void hang_up(struct terminal *terminal)
{
    if (terminal->uart.is_gone) {
        driver_log(&terminal->driver, j6_log_error, "the UART answers no more");
    }
    input_discard(terminal);
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
    uart_look(&terminal->uart);
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
    return terminal->waiting > 0 || ring_count(&terminal->uart.received) > 0 ||
           terminal->again.len > 0;
}

/* An idle transmitter takes some at once: then there is room for more, and no interrupt tells of it. */
void terminal_work(struct terminal *terminal)
{
    const struct ring *to_send = &terminal->uart.to_send;
    size_t before;
    unsigned rounds = 0;
    look_at_line(terminal);
    do {
        input_work(terminal);
        output_work(terminal);
        before = ring_count(to_send);
        uart_continue(&terminal->uart);
        waiters_answer(terminal);
    } while (ring_count(to_send) < before && is_anything_waiting(terminal) &&
             ++rounds < ROUNDS_MAX);
}

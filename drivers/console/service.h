/* SPDX-License-Identifier: MIT */
/*
 * The requests of <proto/terminal.h>. A job's handles have its id as their badge; the terminal's own have
 * none.
 *
 * Rules: as j6_method.serve says. Who may have changed what can be done calls terminal_work last.
 */
#pragma once
#include "drivers/console/terminal.h"

/* ---- who asks (service.c) ------------------------------------------------------------------- */

struct terminal *request_terminal(const struct j6_request *request);

/* Who asks; NULL: the terminal itself. closed: a job of a terminal that was here before. */
J6_MUST_USE j6_status_t request_asker(const struct j6_request *request, struct job **out_job);

/* For requests that a job alone can make. bad_state: it is the terminal itself. */
J6_MUST_USE j6_status_t request_job(const struct j6_request *request, struct job **out_job);

/* ---- service_jobs.c ------------------------------------------------------------------------- */

j6_status_t request_open(struct j6_request *request);
j6_status_t request_input(struct j6_request *request);
j6_status_t request_output(struct j6_request *request);
j6_status_t request_watch(struct j6_request *request);
j6_status_t request_foreground(struct j6_request *request);

/* ---- service_state.c ------------------------------------------------------------------------ */

j6_status_t request_look(struct j6_request *request);
j6_status_t request_set_mode(struct j6_request *request);
j6_status_t request_set_size(struct j6_request *request);
j6_status_t request_drain(struct j6_request *request);
j6_status_t request_discard(struct j6_request *request);

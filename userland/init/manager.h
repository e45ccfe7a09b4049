/* SPDX-License-Identifier: MIT */
/*
 * The loop of init, in which everything arrives: requests, the signals of services' processes, and the time. What
 * it leads to happens in order of the manifest, after each of them.
 */
#pragma once
#include "userland/init/service.h"

/* Looks after the services until they have all ended; 1: it can't. */
int manager_run(void);

/* Something has changed: starts what can be started, and does what is due. */
void manager_go_on(void);

/* ---- for services ---------------------------------------------------------------------------- */

j6_time_t manager_now(void);

/* So many milliseconds after a time; never, if none is as late. */
j6_time_t manager_after(j6_time_t time, uint64_t milliseconds);

/* A number higher than the one before. */
uint64_t manager_next_order(void);

/* Ends its process, which arrives as a signal of that. */
j6_status_t manager_kill(const struct service *service);

/* The signals of its process arrive at service_signalled, once. */
J6_MUST_USE j6_status_t manager_bind_process(const struct service *service, uint64_t signals);

/* The end of its question arrives at asking_end. */
J6_MUST_USE j6_status_t manager_bind_question(const struct service *service);

/* Where everything arrives. */
j6_handle_t manager_endpoint(void);

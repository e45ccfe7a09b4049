/* SPDX-License-Identifier: MIT */
/*
 * What a service is given: the handles that its manifest lines name, and no others.
 *
 * Rules for grants: all handles are made anew for each life, and init keeps none of them but what struct service
 * has. Where another service is asked for one, it has a second for the answer.
 */
#pragma once
#include "userland/init/service.h"

bool grant_has_framebuffer(void);
bool grant_has_program(const struct service *service);

/* Do all services serve that it waits for, and that it gets handles of? If not, *out_name is one that doesn't. */
bool grant_is_possible(const struct service *service, const char **out_name);

/*
 * Makes the process, with its endpoint and its handles, and starts it. not_found: something is missing that no
 * other try would find, and service->detail tells what.
 */
J6_MUST_USE j6_status_t grant_start(struct service *service);

/* At the endpoint somebody serves these names now: who has a channel that one of them is to show, is shown. */
void grant_show_texts(const char *const *names, j6_handle_t endpoint);

/* A client of the file service, with the top and the limits that the line says. */
J6_MUST_USE j6_status_t grant_files(const struct manifest_handle *line, j6_handle_t *out_top);

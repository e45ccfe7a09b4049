/* SPDX-License-Identifier: MIT */
/* The process of a service, with the handles that its manifest lines name, and no others. */
#pragma once
#include "userland/init/service.h"

bool grant_has_program(const struct service *service);

/* Do all services serve that it waits for, and that it gets handles of? If not, *out_name is one that doesn't. */
bool grant_is_possible(const struct service *service, const char **out_name);

/*
 * Makes the process, with its endpoint and its handles, and starts it. not_found: something is missing that no
 * other try would find, and service->detail tells what.
 */
J6_MUST_USE j6_status_t grant_start(struct service *service);

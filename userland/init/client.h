/* SPDX-License-Identifier: MIT */
/*
 * Who asks init. Each line of a manifest that lets a service ask has handles of its own, by their badge, and they
 * are good as long as the life that they were made for.
 */
#pragma once
#include "userland/init/service.h"

/* Both NULL: who started this init. */
struct client {
    struct service *service;
    const struct manifest_handle *line;
};

/* A handle to ask init with, for the line of that number of the service's life that begins. */
J6_MUST_USE j6_status_t client_create(const struct service *service, size_t line,
                                      j6_handle_t *out_handle);

/*
 * A copy of the handle to a service that a client asks for. Where init may, it has a badge by which that service
 * tells its clients apart, the same for all that one of them has; none for who started this init.
 */
J6_MUST_USE j6_status_t client_give(const struct service *client, j6_handle_t endpoint,
                                    j6_handle_t *out_handle);

/* False: that life has ended. */
bool client_find(uint64_t badge, struct client *out_client);

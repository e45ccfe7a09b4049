/* SPDX-License-Identifier: MIT */
/*
 * The handle that a line `handle` of the manifest names.
 *
 * Rules for grants: all handles are made anew for each life, and init keeps none of them but what struct service
 * has. What another service gives has been asked for before (tops.h).
 */
#pragma once
#include "userland/init/service.h"

/* What may be done with whatever a service is given. */
static const uint64_t GRANTED = j6_right_duplicate | j6_right_transfer | j6_right_wait;

bool grant_has_framebuffer(void);

/* Makes it; the caller closes it when it has been given, with *out_rights. */
J6_MUST_USE j6_status_t grant_handle(struct service *service, const struct manifest_handle *line,
                                     j6_handle_t *out_handle, uint64_t *out_rights);

/* The name that must be served for that; NULL: none. */
const char *grant_needs(const struct manifest_handle *line);

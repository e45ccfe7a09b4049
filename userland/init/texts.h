/* SPDX-License-Identifier: MIT */
/*
 * What services print where another one shows it: channels of init's, so that the next life of that one shows
 * them too. They end with the life of who prints.
 */
#pragma once
#include "userland/init/service.h"

/* A channel that the service of that name shows: *out_handle is to send to it. */
J6_MUST_USE j6_status_t texts_create(struct service *service, const char *name,
                                     j6_handle_t *out_handle);

/* At the endpoint somebody serves these names now: who has a channel that one of them is to show, is shown. */
void texts_show(const char *const *names, j6_handle_t endpoint);

void texts_close(struct service *service);

/* SPDX-License-Identifier: MIT */
/*
 * What services print where another one shows it: channels of init's, so that the next life of that one shows
 * them too. They end with the life of who prints.
 */
#pragma once
#include "userland/init/service.h"

/* A channel that the service of that name shows: *out_handle is to send to it. out_of_range: it has too many. */
J6_MUST_USE j6_status_t texts_create(struct service *service, const char *name,
                                     j6_handle_t *out_handle);

/* Asks for the next channel of the service's to be shown, if there is one and the service asks nothing else. */
void texts_ask(struct service *service);

/* Somebody else serves these names now, and is asked for all that they are to show. */
void texts_served(const char *const *names);

void texts_close(struct service *service);

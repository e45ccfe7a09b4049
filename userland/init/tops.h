/* SPDX-License-Identifier: MIT */
/*
 * Clients of the file service, each with the top and the limits that a line `handle … files` says. The file service
 * is asked for those of a life before its process is made.
 */
#pragma once
#include "userland/init/service.h"

/* Asks for the next one of the life that begins. False: all are there. */
bool tops_ask(struct service *service);

/* The next one that is there, in the order of the lines; 0: none is left, the lines are more than SERVICE_TOPS_MAX. */
j6_handle_t tops_take(struct service *service);

/* Those that nobody has taken go. */
void tops_drop(struct service *service);

/* The first line that names one; NULL: the service has none. */
const struct manifest_handle *tops_line(const struct service *service);

/* Asks for one as that line says, for whoever. */
void tops_ask_for(struct service *service, const struct manifest_handle *line, j6_handle_t files,
                  asking_done *done);

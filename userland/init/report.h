/* SPDX-License-Identifier: MIT */
/*
 * What init tells people, as lines of output in the log: a line for each service that gets somewhere, and
 * between the first services and the last ones what system this is.
 */
#pragma once
#include "userland/init/service.h"

/* Where the service has got, if that is news: a restart that goes well isn't. */
void report_state(struct service *service);

/* It is going to wait for that name. */
void report_waits(const struct service *service, const char *name);

void report_banner(void);

/* All services have been started. With the word `figures`, what that took. */
void report_started(void);

void report_power(uint64_t action);

/* This init ends, since that is so. */
void report_end(j6_status_t status);

/* A line of the manifest is wrong. */
void report_line(unsigned line, const char *what, const char *word);

void report_warning(const char *text, ...) __attribute__((__format__(__printf__, 1, 2)));

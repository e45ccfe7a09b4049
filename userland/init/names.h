/* SPDX-License-Identifier: MIT */
/*
 * The name service (<proto/names.h>). Services of the manifest have their names while they run, and nobody
 * else may; the other names belong to whoever registers them. Who asks may look up and register what its line
 * `handle … names` says. Nobody is told of an endpoint but one that sends.
 */
#pragma once
#include <j6/protocol.h>

/* The endpoint of the service with that name, as init has it; 0: nobody serves it. */
j6_handle_t names_find(const char *name);

/* A service of the manifest serves these now: who waits is answered. The list ends in NULL, or is NULL. */
void names_tell(const char *const *names, j6_handle_t endpoint);

/* Nobody is coming: who waits learns that. */
void names_give_up(const char *const *names);

j6_status_t names_serve_register(struct j6_request *request);
j6_status_t names_serve_look_up(struct j6_request *request);
j6_status_t names_serve_wait(struct j6_request *request);

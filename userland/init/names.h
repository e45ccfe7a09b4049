/* SPDX-License-Identifier: MIT */
/*
 * The name service (<proto/names.h>). Services of the manifest have their names while they run, and nobody
 * else may; the other names belong to whoever registers them. Who asks may look up and register what its line
 * `handle … names` says. Nobody is told of an endpoint but one that sends. For who looks the file service up, that
 * is asked for a client, as the line `handle … files` of the service has it; its own endpoint would be the whole tree.
 */
#pragma once
#include <j6/protocol.h>

/* The endpoint of the service with that name, as init has it; 0: nobody serves it. */
j6_handle_t names_find(const char *name);

j6_status_t names_serve_register(struct j6_request *request);
j6_status_t names_serve_look_up(struct j6_request *request);
j6_status_t names_serve_wait(struct j6_request *request);

/* SPDX-License-Identifier: MIT */
/* What init is asked about its services: the requests of <proto/services.h>. */
#pragma once
#include <j6/protocol.h>

j6_status_t control_serve_list(struct j6_request *request);
j6_status_t control_serve_restart(struct j6_request *request);
j6_status_t control_serve_stop(struct j6_request *request);
j6_status_t control_serve_kill(struct j6_request *request);
j6_status_t control_serve_kill_process(struct j6_request *request);
j6_status_t control_serve_power(struct j6_request *request);

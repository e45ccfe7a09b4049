/* SPDX-License-Identifier: MIT */
/*
 * The services of the system, as init looks after them: what there is, and what happens to it. A handle for this
 * comes with the role `services`; its line in the manifest says whether it may change anything.
 *
 * Errors of all but services_list, beyond those written with the calls: denied: this handle may only list;
 * bad_state: the system is being switched off.
 */
#pragma once
#include <j6/protocol.h>

enum services_code {
    services_code_list = 16,
    services_code_restart,
    services_code_stop,
    services_code_kill,
    services_code_kill_process,
    services_code_power,
};

enum services_state {
    services_state_waiting = 0,  /* for another service */
    services_state_starting = 1, /* its process hasn't said that it is ready */
    services_state_running = 2,
    services_state_pausing = 3, /* it has died, and is started again soon */
    services_state_ended = 4,   /* it had done its work */
    services_state_absent = 5,  /* there is nothing for it to serve */
    services_state_stopped = 6, /* by services_stop */
    services_state_failed = 7,  /* it was given up */
};

enum { services_name_size = 32, services_detail_size = 64 };

struct services_row {
    uint32_t row_size;
    uint32_t state;    /* services_state_… */
    j6_koid_t process; /* 0: none lives */
    uint64_t starts;
    uint64_t deaths; /* that nobody asked for */
    j6_time_t since; /* when it was started last; 0: never */
    char name[services_name_size];
    char detail[services_detail_size]; /* for people: why it is as it is; "" mostly */
};

/* All of them, in the order of the manifest. `buf` has room for j6_data_max bytes. */
static inline j6_status_t services_list(j6_handle_t services, void *buf, size_t *out_len)
{
    const struct j6_ask ask = {
        .code = services_code_list, .data = buf, .cap = j6_data_max, .out_len = out_len};
    return j6_ask(services, &ask, j6_deadline_never);
}

/* Those that name a service. */
static inline j6_status_t services_ask(j6_handle_t services, enum services_code code,
                                       const char *name)
{
    size_t len = 0;
    while (name[len] != 0) {
        len++;
    }
    const struct j6_ask ask = {.code = code, .data = (void *)name, .len = len};
    return j6_ask(services, &ask, j6_deadline_never);
}

/*
 * Kills the service if it lives, and starts it at once, also one that was stopped or given up; what it did before
 * counts no more. not_found: there is none with that name, or its manifest lines are bad.
 */
static inline j6_status_t services_restart(j6_handle_t services, const char *name)
{
    return services_ask(services, services_code_restart, name);
}

/* Kills it, and doesn't start it again. not_found. */
static inline j6_status_t services_stop(j6_handle_t services, const char *name)
{
    return services_ask(services, services_code_stop, name);
}

/* Its process dies, as it would by itself: what happens then, the manifest says. not_found: none lives. */
static inline j6_status_t services_kill(j6_handle_t services, const char *name)
{
    return services_ask(services, services_code_kill, name);
}

/* The same for the service whose process has that koid. Others' processes are theirs to kill: not_found. */
static inline j6_status_t services_kill_process(j6_handle_t services, j6_koid_t process)
{
    const struct j6_ask ask = {
        .code = services_code_kill_process, .fields = &process, .size = sizeof(process)};
    return j6_ask(services, &ask, j6_deadline_never);
}

/*
 * Ends all services, in the reverse of the order in which they started, and then switches the machine off
 * (j6_power_off) or resets it (j6_power_reset). Comes back when that has begun. invalid_arg: another action.
 */
static inline j6_status_t services_power(j6_handle_t services, uint64_t action)
{
    const struct j6_ask ask = {
        .code = services_code_power, .fields = &action, .size = sizeof(action)};
    return j6_ask(services, &ask, j6_deadline_never);
}

/* SPDX-License-Identifier: MIT */
/* A service that the tests of init start and break: its modes, its protocol, its exit codes. */
#pragma once
#include <j6/protocol.h>
#include <proto/names.h>

/*
 * The modes, its first argument: `serve` what is below; `exit` at once with the code behind it; `fault`; `silent`:
 * never ready; `idle`: ready, and deaf to the end of its endpoint; `until`: the same until its role `gate` closes.
 */
enum server_code {
    server_code_add = 32, /* answers with the number and one more */
    server_code_exit,     /* exits with that code, and doesn't answer */
    server_code_life,     /* answers with the koid of its process */
    server_code_look_up,  /* looks a name up, by its role `names`: the status is the answer */
    server_code_wait,     /* waits for it, for 30 s at most, likewise */
    server_code_register, /* registers its role `copy` under the name, likewise */
    server_code_role,     /* answers with the handle that has that role */
    server_code_hand,     /* hands that handle over */
    server_code_list,     /* asks for the list of services, by its role `services` */
    server_code_restart,  /* likewise for the restart of the service with that name */
    server_code_print,    /* writes the text to its role `stdout` */
    server_code_shown, /* answers with bytes that came through the last channel attached (<proto/text.h>) */
    server_code_badge, /* answers with the badge of who asks */
    server_code_seen,  /* likewise with its own, as the service of that name sees it */
    server_code_hoard, /* takes all memory that its account has, and keeps it */
    server_code_count, /* answers with the number in its role `memory`, which counts up */
};

static inline j6_status_t server_ask(j6_handle_t server, enum server_code code, uint64_t value,
                                     uint64_t *out_value)
{
    const struct j6_ask ask = {.code = code,
                               .fields = &value,
                               .size = sizeof(value),
                               .answer = out_value,
                               .answer_size = sizeof(*out_value)};
    return j6_ask(server, &ask, j6_deadline_never);
}

static inline j6_status_t server_ask_name(j6_handle_t server, enum server_code code,
                                          const char *name, uint64_t *out_value)
{
    struct names_fields fields = names_fields(name);
    const struct j6_ask ask = {.code = code,
                               .fields = &fields,
                               .size = sizeof(fields),
                               .answer = out_value,
                               .answer_size = sizeof(*out_value)};
    return j6_ask(server, &ask, j6_deadline_never);
}

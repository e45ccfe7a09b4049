/* SPDX-License-Identifier: MIT */
/*
 * The name service: who offers a service registers its endpoint under a name; who wants it looks it up. A name
 * is up to 31 bytes, and not empty. The services of init's manifest have names by themselves (docs/services.md).
 *
 * denied, of all calls: who asks may not look that name up, or not register it; or it is the name of a service of
 * the manifest.
 */
#pragma once
#include <j6/protocol.h>

enum names_code { names_code_register = 1, names_code_look_up, names_code_wait };

/* What all of them say. */
struct names_fields {
    char name[j6_fields_size]; /* the rest is 0 */
};

/* A name that is too long has no end, which nobody has registered. */
static inline struct names_fields names_fields(const char *name)
{
    struct names_fields fields = {{0}};
    for (size_t i = 0; i < sizeof(fields.name) && name[i] != 0; i++) {
        fields.name[i] = name[i];
    }
    return fields;
}

/* What others need of a service: to send, to see whether it is closed, and to pass it on. */
static const uint64_t names_rights =
    j6_right_endpoint_send | j6_right_wait | j6_right_duplicate | j6_right_transfer;

static inline j6_status_t names_ask(j6_handle_t names, enum names_code code, const char *name,
                                    j6_handle_t handle, j6_handle_t *out_handle, j6_time_t deadline)
{
    struct names_fields fields = names_fields(name);
    const struct j6_ask ask = {.code = code,
                               .fields = &fields,
                               .size = sizeof(fields),
                               .handle = handle,
                               .out_handle = out_handle};
    return j6_ask(names, &ask, deadline);
}

/*
 * Registers an endpoint; the handle, which has names_rights, goes. exists: another service has that name, and
 * hasn't closed; invalid_arg: that is no name; quota: there are too many.
 */
static inline j6_status_t names_register(j6_handle_t names, const char *name, j6_handle_t endpoint)
{
    return names_ask(names, names_code_register, name, endpoint, NULL, j6_deadline_never);
}

/* not_found: nobody has that name; invalid_arg. */
static inline j6_status_t names_look_up(j6_handle_t names, const char *name,
                                        j6_handle_t *out_endpoint)
{
    return names_ask(names, names_code_look_up, name, 0, out_endpoint, j6_deadline_never);
}

/*
 * The same, as soon as somebody has. not_found: it is a service of the manifest, and that isn't going to run;
 * timed_out; invalid_arg; quota: too many have come to wait since.
 */
static inline j6_status_t names_wait(j6_handle_t names, const char *name, j6_time_t deadline,
                                     j6_handle_t *out_endpoint)
{
    return names_ask(names, names_code_wait, name, 0, out_endpoint, deadline);
}

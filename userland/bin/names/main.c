/* SPDX-License-Identifier: MIT */
/*
 * The name service (<proto/names.h>), at the endpoint with the role `endpoint`. It ends when that closes.
 * A name whose service has closed is free again; who waits for a name is answered when it is registered.
 */
#include "lib/string.h"
#include <proto/names.h>

enum { SERVICES = 256, WAITERS = 256 };

/* Free where the handle, or the token, is 0. */
static struct {
    struct names_fields key;
    j6_handle_t endpoint;
} services[SERVICES];

static struct {
    struct names_fields key;
    uint64_t token;
} waiters[WAITERS];

static bool is_same(const struct names_fields *one, const struct names_fields *other)
{
    return memcmp(one, other, sizeof(*one)) == 0;
}

/* Not empty, with an end, and nothing behind it: so names are equal if all their bytes are. */
static bool is_name(const struct names_fields *key)
{
    size_t len = strnlen(key->name, sizeof(key->name));
    for (size_t i = len; i < sizeof(key->name); i++) {
        if (key->name[i] != 0) {
            return false;
        }
    }
    return len > 0 && len < sizeof(key->name);
}

static struct names_fields key_of(const struct j6_request *request)
{
    struct names_fields key;
    memcpy(&key, request->fields, sizeof(key));
    return key;
}

static bool has_closed(j6_handle_t endpoint)
{
    return j6_object_wait(endpoint, j6_signal_closed, NULL, j6_deadline_poll) == j6_status_ok;
}

/* 0: nobody has registered it, or its service has closed. */
static j6_handle_t find(const struct names_fields *key)
{
    for (size_t i = 0; i < SERVICES; i++) {
        if (services[i].endpoint == 0 || !is_same(&services[i].key, key)) {
            continue;
        }
        if (!has_closed(services[i].endpoint)) {
            return services[i].endpoint;
        }
        j6_handle_close(services[i].endpoint);
        services[i].endpoint = 0;
    }
    return 0;
}

static void answer_waiters(j6_handle_t own, const struct names_fields *key, j6_handle_t endpoint)
{
    for (size_t i = 0; i < WAITERS; i++) {
        if (waiters[i].token == 0 || !is_same(&waiters[i].key, key)) {
            continue;
        }
        j6_handle_t copy = 0;
        j6_status_t status = j6_handle_duplicate(endpoint, names_rights, 0, &copy);
        j6_answer(own, waiters[i].token, status, NULL, 0, copy);
        waiters[i].token = 0;
    }
}

static j6_status_t serve_register(struct j6_request *request)
{
    struct names_fields key = key_of(request);
    bool usable = j6_handle_type(request->handle) == j6_type_endpoint &&
                  (j6_handle_rights(request->handle) & names_rights) == names_rights;
    if (!is_name(&key) || !usable) {
        return j6_err_invalid_arg;
    }
    if (find(&key) != 0) {
        return j6_status_exists;
    }
    for (size_t i = 0; i < SERVICES; i++) {
        if (services[i].endpoint == 0 || has_closed(services[i].endpoint)) {
            j6_handle_close(services[i].endpoint);
            services[i].key = key;
            services[i].endpoint = request->handle;
            request->handle = 0;
            answer_waiters(request->server->endpoint, &key, services[i].endpoint);
            return j6_status_ok;
        }
    }
    return j6_err_quota;
}

static j6_status_t serve_look_up(struct j6_request *request)
{
    struct names_fields key = key_of(request);
    if (!is_name(&key)) {
        return j6_err_invalid_arg;
    }
    j6_handle_t endpoint = find(&key);
    return endpoint == 0 ? j6_err_not_found
                         : j6_handle_duplicate(endpoint, names_rights, 0, &request->answer_handle);
}

/* Nobody sees whether a waiter has given up, so there is always room for one more: the oldest goes. */
static j6_status_t serve_wait(struct j6_request *request)
{
    static size_t next;
    j6_status_t status = serve_look_up(request);
    if (status != j6_err_not_found) {
        return status;
    }
    size_t i = next++ % WAITERS;
    if (waiters[i].token != 0) {
        j6_answer(request->server->endpoint, waiters[i].token, j6_err_quota, NULL, 0, 0);
    }
    waiters[i].key = key_of(request);
    waiters[i].token = request->token;
    request->token = 0;
    return j6_status_ok;
}

int main(void)
{
    static const struct j6_method methods[] = {
        {.code = names_code_register, .has_handle = true, .serve = serve_register},
        {.code = names_code_look_up, .serve = serve_look_up},
        {.code = names_code_wait, .serve = serve_wait},
    };
    const struct j6_server server = {
        .endpoint = j6_find("endpoint"),
        .methods = methods,
        .count = sizeof(methods) / sizeof(methods[0]),
    };
    return j6_serve(&server) == j6_status_closed ? 0 : 1;
}

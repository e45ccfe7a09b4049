/* SPDX-License-Identifier: MIT */
/* Who serves a name, who may look it up, and who waits for it. */
#include "userland/init/names.h"
#include "lib/string.h"
#include "userland/init/grant_handle.h"
#include "userland/init/manager.h"
#include "userland/init/name_table.h"
#include "userland/init/waiters.h"

static const char FILES[] = "files";

/* ---- who serves ------------------------------------------------------------------------------ */

/* Is that a name of a service of the manifest? NULL: no. */
static const struct service *owner_of(const struct names_fields *key)
{
    for (size_t i = 0; i < service_count; i++) {
        for (const char **name = services[i].entry->serves; name != NULL && *name != NULL; name++) {
            if (string_equal(*name, key->name)) {
                return &services[i];
            }
        }
    }
    return NULL;
}

/* A service of the manifest has its names while it runs; nobody else's are in its way. */
static j6_handle_t find(const struct names_fields *key)
{
    const struct service *owner = owner_of(key);
    return owner != NULL ? service_served(owner) : name_table_find(key);
}

j6_handle_t names_find(const char *name)
{
    const struct names_fields key = names_fields(name);
    return find(&key);
}

/* ---- who may what ---------------------------------------------------------------------------- */

static bool is_word_for(const char *word, const struct names_fields *key)
{
    return string_equal(word, "*") || string_equal(word, key->name);
}

/* `name` may be looked up, `+name` registered too; `*` is any. */
static bool may(const struct client *client, const struct names_fields *key, bool registers)
{
    if (client->line == NULL) {
        return true;
    }
    for (const char **word = client->line->words;
         client->line->kind == manifest_names && *word != NULL; word++) {
        bool plus = **word == '+';
        if ((plus || !registers) && is_word_for(*word + (plus ? 1 : 0), key)) {
            return true;
        }
    }
    return false;
}

/*
 * What the client gets for that endpoint. The file service's own would be the whole tree: a service gets a client
 * as the one that it was started with.
 */
static j6_status_t give(const struct client *client, const struct names_fields *key,
                        j6_handle_t endpoint, j6_handle_t *out_handle)
{
    if (client->service == NULL || !string_equal(key->name, FILES)) {
        return client_give(client->service, endpoint, out_handle);
    }
    const struct manifest_entry *entry = client->service->entry;
    for (size_t i = 0; i < entry->handle_count; i++) {
        if (entry->handles[i].kind == manifest_files) {
            return grant_files(&entry->handles[i], out_handle);
        }
    }
    return j6_err_denied;
}

/* ---- who waits ------------------------------------------------------------------------------- */

/* Whoever serves the name has died again meanwhile: somebody waits on, for the next one. */
static bool is_for_later(j6_status_t status)
{
    return status == j6_status_closed;
}

static void answer(struct waiter *waiter, j6_status_t status, j6_handle_t handle)
{
    j6_answer(manager_endpoint(), waiter->token, status, NULL, 0, handle);
    waiter->token = 0;
}

static void answer_waiters(const struct names_fields *key, j6_handle_t endpoint)
{
    struct waiter *waiter;
    for (size_t i = 0; (waiter = waiters_next(key, &i)) != NULL;) {
        j6_handle_t copy = 0;
        j6_status_t status = give(&waiter->client, key, endpoint, &copy);
        if (!is_for_later(status)) {
            answer(waiter, status, copy);
        }
    }
}

void names_tell(const char *const *names, j6_handle_t endpoint)
{
    for (; names != NULL && *names != NULL; names++) {
        const struct names_fields key = names_fields(*names);
        answer_waiters(&key, endpoint);
    }
}

void names_give_up(const char *const *names)
{
    for (; names != NULL && *names != NULL; names++) {
        const struct names_fields key = names_fields(*names);
        struct waiter *waiter;
        for (size_t i = 0; (waiter = waiters_next(&key, &i)) != NULL;) {
            answer(waiter, j6_err_not_found, 0);
        }
    }
}

/* ---- requests -------------------------------------------------------------------------------- */

/* What it is about, and who asks. denied: somebody of a life that has ended, or who may not. */
static j6_status_t read_request(const struct j6_request *request, bool registers,
                                struct names_fields *out_key, struct client *out_client)
{
    memcpy(out_key, request->fields, sizeof(*out_key));
    if (!name_is_right(out_key)) {
        return j6_err_invalid_arg;
    }
    bool allowed = client_find(request->badge, out_client) && may(out_client, out_key, registers);
    return allowed ? j6_status_ok : j6_err_denied;
}

j6_status_t names_serve_register(struct j6_request *request)
{
    struct names_fields key;
    struct client client;
    bool usable = j6_handle_type(request->handle) == j6_type_endpoint &&
                  (j6_handle_rights(request->handle) & names_rights) == names_rights;
    j6_status_t status = read_request(request, true, &key, &client);
    if (status != j6_status_ok) {
        return status;
    }
    if (!usable) {
        return j6_err_invalid_arg;
    }
    if (owner_of(&key) != NULL) {
        return j6_err_denied;
    }
    if (name_table_find(&key) != 0) {
        return j6_status_exists;
    }
    if (!name_table_add(&key, request->handle, client.service)) {
        return j6_err_quota;
    }
    answer_waiters(&key, request->handle);
    request->handle = 0;
    manager_go_on();
    return j6_status_ok;
}

j6_status_t names_serve_look_up(struct j6_request *request)
{
    struct names_fields key;
    struct client client;
    j6_status_t status = read_request(request, false, &key, &client);
    if (status != j6_status_ok) {
        return status;
    }
    j6_handle_t endpoint = find(&key);
    return endpoint == 0 ? j6_err_not_found
                         : give(&client, &key, endpoint, &request->answer_handle);
}

j6_status_t names_serve_wait(struct j6_request *request)
{
    struct names_fields key;
    struct client client;
    j6_status_t status = read_request(request, false, &key, &client);
    if (status != j6_status_ok) {
        return status;
    }
    const struct service *owner = owner_of(&key);
    j6_handle_t endpoint = find(&key);
    if (endpoint != 0) {
        status = give(&client, &key, endpoint, &request->answer_handle);
        if (!is_for_later(status)) {
            return status;
        }
    }
    if (owner != NULL && !service_is_coming(owner)) {
        return j6_err_not_found;
    }
    waiters_add(&key, &client, request->token);
    request->token = 0;
    return j6_status_ok;
}

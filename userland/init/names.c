/* SPDX-License-Identifier: MIT */
/* Who serves a name, and who may look it up. Who waits for it is in waiters.c. */
#include "userland/init/names.h"
#include "lib/string.h"
#include "userland/init/manager.h"
#include "userland/init/name_table.h"
#include "userland/init/tops.h"
#include "userland/init/waiters.h"

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

/* A service has a client of the file service as its line says, or none. */
static bool may_look_up(const struct client *client, const struct names_fields *key)
{
    return !waiters_want_client(client, key) || tops_line(client->service) != NULL;
}

/* What it is about, and who asks. denied: somebody of a life that has ended, or who may not. */
static j6_status_t read_request(const struct j6_request *request, bool registers,
                                struct names_fields *out_key, struct client *out_client)
{
    memcpy(out_key, request->fields, sizeof(*out_key));
    if (!name_is_right(out_key)) {
        return j6_err_invalid_arg;
    }
    bool allowed = client_find(request->badge, out_client) && may(out_client, out_key, registers) &&
                   (registers || may_look_up(out_client, out_key));
    return allowed ? j6_status_ok : j6_err_denied;
}

/* ---- requests -------------------------------------------------------------------------------- */

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
    waiters_tell(&key, request->handle);
    request->handle = 0;
    manager_go_on();
    return j6_status_ok;
}

static j6_status_t wait_for(struct j6_request *request, const struct names_fields *key,
                            const struct client *client)
{
    waiters_add(key, client, request->token);
    request->token = 0;
    manager_go_on();
    return j6_status_ok;
}

/* Somebody serves it: the client gets that at once, or when it has been asked for. */
static j6_status_t find_for(struct j6_request *request, const struct names_fields *key,
                            const struct client *client, j6_handle_t endpoint)
{
    return waiters_want_client(client, key)
               ? wait_for(request, key, client)
               : client_give(client->service, endpoint, &request->answer_handle);
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
    return endpoint == 0 ? j6_err_not_found : find_for(request, &key, &client, endpoint);
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
        return find_for(request, &key, &client, endpoint);
    }
    bool comes = owner == NULL || service_is_coming(owner);
    return comes ? wait_for(request, &key, &client) : j6_err_not_found;
}

/* SPDX-License-Identifier: MIT */
#include "userland/init/control.h"
#include "lib/string.h"
#include "userland/init/client.h"
#include "userland/init/ending.h"
#include "userland/init/manager.h"
#include <proto/services.h>

/* Who asks has a line `handle … services` that says so. */
static bool may(const struct j6_request *request, bool changes)
{
    struct client client;
    if (!client_find(request->badge, &client)) {
        return false;
    }
    return client.line == NULL || (client.line->kind == manifest_services &&
                                   (!changes || string_equal(client.line->words[0], "control")));
}

static j6_status_t may_change(const struct j6_request *request)
{
    if (!may(request, true)) {
        return j6_err_denied;
    }
    return ending_has_begun() ? j6_err_bad_state : j6_status_ok;
}

static void fill_row(struct services_row *row, const struct service *service)
{
    *row = (struct services_row){
        .row_size = sizeof(*row),
        .state = service->state,
        .process = service->process != 0 ? service->koid : 0,
        .starts = service->starts,
        .deaths = service->deaths,
        .since = service->began,
    };
    string_copy(row->name, sizeof(row->name), service->entry->name);
    string_copy(row->detail, sizeof(row->detail), service->detail);
}

j6_status_t control_serve_list(struct j6_request *request)
{
    _Static_assert(MANIFEST_SERVICES_MAX * sizeof(struct services_row) <= j6_data_max,
                   "all of them in one answer");
    struct services_row *rows = request->data;
    if (!may(request, false)) {
        return j6_err_denied;
    }
    for (size_t i = 0; i < service_count; i++) {
        fill_row(&rows[i], &services[i]);
    }
    request->answer_len = service_count * sizeof(rows[0]);
    return j6_status_ok;
}

/* The service that the request names. */
static j6_status_t find(const struct j6_request *request, struct service **out_service)
{
    char name[services_name_size];
    j6_status_t status = may_change(request);
    if (status != j6_status_ok) {
        return status;
    }
    if (request->len >= sizeof(name)) {
        return j6_err_not_found;
    }
    memcpy(name, request->data, request->len);
    name[request->len] = '\0';
    *out_service = service_find(name);
    return *out_service != NULL && (*out_service)->entry->bad_line == 0 ? j6_status_ok
                                                                        : j6_err_not_found;
}

j6_status_t control_serve_restart(struct j6_request *request)
{
    struct service *service;
    j6_status_t status = find(request, &service);
    if (status == j6_status_ok) {
        service_restart(service);
        manager_go_on();
    }
    return status;
}

j6_status_t control_serve_stop(struct j6_request *request)
{
    struct service *service;
    j6_status_t status = find(request, &service);
    if (status == j6_status_ok) {
        service_stop(service);
        manager_go_on();
    }
    return status;
}

j6_status_t control_serve_kill(struct j6_request *request)
{
    struct service *service;
    j6_status_t status = find(request, &service);
    if (status == j6_status_ok && service->process == 0) {
        status = j6_err_not_found;
    }
    return status == j6_status_ok ? manager_kill(service) : status;
}

j6_status_t control_serve_kill_process(struct j6_request *request)
{
    j6_status_t status = may_change(request);
    if (status != j6_status_ok) {
        return status;
    }
    const struct service *service = service_of_koid(request->fields[0]);
    return service != NULL ? manager_kill(service) : j6_err_not_found;
}

j6_status_t control_serve_power(struct j6_request *request)
{
    uint64_t action = request->fields[0];
    j6_status_t status = may_change(request);
    if (status != j6_status_ok) {
        return status;
    }
    if (action != j6_power_off && action != j6_power_reset) {
        return j6_err_invalid_arg;
    }
    /* Before the end: there may be nothing to wait for. */
    j6_answer(request->server->endpoint, request->token, j6_status_ok, NULL, 0, 0);
    request->token = 0;
    ending_begin(action);
    return j6_status_ok;
}

/* SPDX-License-Identifier: MIT */
/* All services, and what others want of them. */
#include "userland/init/service.h"
#include "lib/format.h"
#include "lib/string.h"
#include "userland/init/grant.h"
#include "userland/init/grant_handle.h"
#include "userland/init/manager.h"
#include "userland/init/name_table.h"
#include "userland/init/report.h"
#include "userland/init/tops.h"
#include "userland/init/waiters.h"

struct service services[MANIFEST_SERVICES_MAX];
size_t service_count;
struct manifest_times service_times;

const char *service_state_text(enum services_state state)
{
    static const char *const texts[] = {"waiting", "starting", "running", "pausing",
                                        "ended",   "absent",   "stopped", "failed"};
    return texts[state];
}

struct service *service_find(const char *name)
{
    for (size_t i = 0; i < service_count; i++) {
        if (string_equal(services[i].entry->name, name)) {
            return &services[i];
        }
    }
    return NULL;
}

struct service *service_of_koid(j6_koid_t koid)
{
    for (size_t i = 0; i < service_count; i++) {
        if (services[i].process != 0 && services[i].koid == koid) {
            return &services[i];
        }
    }
    return NULL;
}

bool service_is_coming(const struct service *service)
{
    return service->state <= services_state_pausing;
}

j6_handle_t service_served(const struct service *service)
{
    bool serves = service->state == services_state_running && service->endpoint != 0 &&
                  !name_has_closed(service->endpoint);
    return serves ? service->endpoint : 0;
}

/* ---- how it is ------------------------------------------------------------------------------- */

void service_settle(struct service *service, enum services_state state, const char *detail)
{
    service->state = state;
    service->due = j6_deadline_never;
    tops_drop(service);
    string_copy(service->detail, sizeof(service->detail), detail);
    if (service->receiver != 0) {
        j6_handle_close(service->receiver);
        service->receiver = 0;
    }
    if (service->endpoint != 0) {
        j6_handle_close(service->endpoint);
        service->endpoint = 0;
    }
    waiters_give_up(service->entry->serves);
    report_state(service);
}

void services_init(const struct manifest *manifest)
{
    service_count = manifest->count;
    service_times = manifest->times;
    for (size_t i = 0; i < manifest->count; i++) {
        services[i] = (struct service){.entry = &manifest->entries[i], .due = j6_deadline_never};
    }
    for (size_t i = 0; i < manifest->count; i++) {
        struct service *service = &services[i];
        char detail[services_detail_size];
        if (service->entry->bad_line != 0) {
            format(detail, sizeof(detail), "line %u of the manifest", service->entry->bad_line);
            service_settle(service, services_state_failed, detail);
        } else if (service->entry->needs_framebuffer && !grant_has_framebuffer()) {
            service_settle(service, services_state_absent, "there is no framebuffer");
        } else if (service->entry->needs_program && !grant_has_program(service)) {
            service_settle(service, services_state_absent, "there is no program");
        }
    }
}

/* ---- what others want ------------------------------------------------------------------------ */

void service_restart(struct service *service)
{
    service->deaths_in_a_row = 0;
    service->restarts = service->process != 0;
    if (service->process != 0) {
        service->state =
            services_state_pausing; /* from now on: who looks it up means the next one */
        manager_kill(service);
    } else {
        service->state = services_state_waiting;
        service->due = j6_deadline_never;
    }
}

void service_stop(struct service *service)
{
    service->restarts = false;
    service->is_stopping = true;
    if (service->process != 0) {
        manager_kill(service);
    } else if (service->state != services_state_stopped) {
        service_settle(service, services_state_stopped, "");
    }
}

void service_end(struct service *service)
{
    service->restarts = false;
    service->is_stopping = true;
    if (service->endpoint != 0) {
        j6_object_close(service->endpoint);
    } else {
        manager_kill(service);
    }
}

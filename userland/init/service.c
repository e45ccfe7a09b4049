/* SPDX-License-Identifier: MIT */
/* The lives of services. What a process is given is in grant.c, what others find by name in names.c. */
#include "userland/init/service.h"
#include "lib/format.h"
#include "lib/string.h"
#include "userland/init/grant.h"
#include "userland/init/grant_handle.h"
#include "userland/init/manager.h"
#include "userland/init/name_table.h"
#include "userland/init/names.h"
#include "userland/init/report.h"
#include "userland/init/texts.h"

enum { KILLED_BY_INIT = -1, WATCHED_AGAIN_AFTER = 10 /* ms */ };

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
    string_copy(service->detail, sizeof(service->detail), detail);
    if (service->receiver != 0) {
        j6_handle_close(service->receiver);
        service->receiver = 0;
    }
    if (service->endpoint != 0) {
        j6_handle_close(service->endpoint);
        service->endpoint = 0;
    }
    names_give_up(service->entry->serves);
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

/* ---- start ----------------------------------------------------------------------------------- */

/* Whether it serves or not: from here on it does what it is for. */
static void ready(struct service *service)
{
    service->state = services_state_running;
    service->due = service->is_watched ? j6_deadline_never : service->due;
    service->detail[0] = '\0';
    /* First: who finds it finds it with what it shows. */
    texts_show(service->entry->serves, service->endpoint);
    names_tell(service->entry->serves, service->endpoint);
    report_state(service);
}

/* A process that can't be watched is killed, and looked at again until it can: its end must not go unseen. */
static void watch(struct service *service, uint64_t signals)
{
    j6_status_t status = manager_bind(service->process, signals, (size_t)(service - services));
    service->is_watched = status == j6_status_ok;
    if (!service->is_watched) {
        j6_process_kill(service->process, KILLED_BY_INIT);
        service->due = manager_after(manager_now(), WATCHED_AGAIN_AFTER);
    }
}

static j6_status_t start(struct service *service)
{
    j6_status_t status = grant_start(service);
    if (status != j6_status_ok) {
        return status;
    }
    watch(service, j6_signal_closed | j6_signal_ready);
    return j6_status_ok;
}

/* No other try would go better. */
static bool is_for_ever(j6_status_t status)
{
    return status == j6_err_not_found || status == j6_err_invalid_arg || status == j6_err_denied ||
           status == j6_err_out_of_range;
}

void service_start(struct service *service)
{
    char why[services_detail_size];
    service->is_stopping = false;
    service->starts++;
    service->began = manager_now();
    service->order = service->order != 0 ? service->order : manager_next_order();
    service->due = manager_after(service->began, service_times.ready);
    service->state = services_state_starting;
    j6_status_t status = start(service);
    if (status != j6_status_ok && is_for_ever(status)) {
        string_copy(why, sizeof(why), service->detail);
        service_settle(service, services_state_failed, why);
    } else if (status != j6_status_ok) {
        string_copy(why, sizeof(why), service->detail);
        service_pause(service, why);
    } else if (service->entry->is_ready_when_started) {
        ready(service);
    }
}

void service_signalled(struct service *service, uint64_t signals)
{
    if (signals & j6_signal_closed) {
        service_died(service);
        return;
    }
    if (service->state == services_state_starting) {
        ready(service);
    }
    watch(service, j6_signal_closed);
}

void service_due(struct service *service)
{
    service->due = j6_deadline_never;
    if (service->process != 0) {
        /* It isn't ready yet, or doesn't end by itself. */
        j6_process_kill(service->process, KILLED_BY_INIT);
        if (!service->is_watched) {
            watch(service, j6_signal_closed);
        }
    } else if (service->state == services_state_pausing) {
        service->state = services_state_waiting;
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
        j6_process_kill(service->process, KILLED_BY_INIT);
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
        j6_process_kill(service->process, KILLED_BY_INIT);
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
        j6_process_kill(service->process, KILLED_BY_INIT);
    }
}

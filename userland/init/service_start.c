/* SPDX-License-Identifier: MIT */
/* How a life begins: what it is given is asked for, its process starts, and is ready. */
#include "userland/init/service.h"
#include "lib/string.h"
#include "userland/init/ending.h"
#include "userland/init/grant.h"
#include "userland/init/manager.h"
#include "userland/init/report.h"
#include "userland/init/texts.h"
#include "userland/init/tops.h"
#include "userland/init/waiters.h"

enum { WATCHED_AGAIN_AFTER = 10 /* ms */ };

/* Whether it serves or not: from here on it does what it is for. */
static void ready(struct service *service)
{
    service->state = services_state_running;
    service->due = service->is_watched ? j6_deadline_never : service->due;
    service->detail[0] = '\0';
    texts_served(service->entry->serves);
    waiters_tell_all(service->entry->serves, service->endpoint);
    report_state(service);
}

/* A process that can't be watched is killed, and looked at again until it can: its end must not go unseen. */
static void watch(struct service *service, uint64_t signals)
{
    service->is_watched = manager_bind_process(service, signals) == j6_status_ok;
    if (!service->is_watched) {
        manager_kill(service);
        service->due = manager_after(manager_now(), WATCHED_AGAIN_AFTER);
    }
}

/* No other try would go better. */
static bool is_for_ever(j6_status_t status)
{
    return status == j6_err_not_found || status == j6_err_invalid_arg || status == j6_err_denied ||
           status == j6_err_out_of_range;
}

void service_start_failed(struct service *service, j6_status_t status)
{
    char why[services_detail_size];
    string_copy(why, sizeof(why), service->detail);
    if (status == j6_status_closed) {
        service->state = services_state_waiting;
    } else if (is_for_ever(status)) {
        service_settle(service, services_state_failed, why);
    } else {
        service_pause(service, why);
    }
}

static void start(struct service *service)
{
    j6_status_t status = grant_start(service);
    tops_drop(service);
    if (status != j6_status_ok) {
        service_start_failed(service, status);
        return;
    }
    service->due = manager_after(manager_now(), service_times.ready);
    watch(service, j6_signal_closed | j6_signal_ready);
    if (service->entry->is_ready_when_started) {
        ready(service);
    }
}

bool service_is_asking(const struct service *service)
{
    return service->state == services_state_starting && service->process == 0;
}

void service_go_on(struct service *service)
{
    if (asking_is_busy(service)) {
        return;
    }
    if (service_is_asking(service) && !ending_has_begun() && !tops_ask(service)) {
        start(service);
    }
    texts_ask(service);
}

void service_start(struct service *service)
{
    service->is_stopping = false;
    service->starts++;
    service->began = manager_now();
    service->order = service->order != 0 ? service->order : manager_next_order();
    service->due = j6_deadline_never;
    service->state = services_state_starting;
    tops_drop(service);
    service_go_on(service);
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
        manager_kill(service);
        if (!service->is_watched) {
            watch(service, j6_signal_closed);
        }
    } else if (service->state == services_state_pausing) {
        service->state = services_state_waiting;
    }
}

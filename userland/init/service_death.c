/* SPDX-License-Identifier: MIT */
/* The deaths of services: why they died, and what follows of it. */
#include "userland/init/service.h"
#include "lib/format.h"
#include "lib/string.h"
#include "userland/init/ending.h"
#include "userland/init/manager.h"
#include "userland/init/report.h"
#include "userland/init/texts.h"
#include "userland/init/tops.h"

enum { DEATHS_MAX = 8 };

static void describe(const struct j6_end_info *end, char *text, size_t cap)
{
    if (end->reason == j6_reason_fault) {
        format(text, cap, "it has faulted, vector %u", end->vector);
    } else if (end->reason == j6_reason_no_memory) {
        format(text, cap, "it had no memory");
    } else if (end->reason == j6_reason_killed) {
        format(text, cap, "it was killed");
    } else {
        format(text, cap, "it has exited with code %lld", (long long)end->code);
    }
}

void service_pause(struct service *service, const char *why)
{
    char detail[services_detail_size];
    j6_time_t now = manager_now();
    tops_drop(service);
    if (manager_after(service->began, service_times.life) < now) {
        service->deaths_in_a_row = 0;
    }
    service->deaths++;
    if (++service->deaths_in_a_row >= DEATHS_MAX) {
        format(detail, sizeof(detail), "given up: %u times in a row %s", DEATHS_MAX, why);
        service_settle(service, services_state_failed, detail);
        return;
    }
    service->state = services_state_pausing;
    service->due = manager_after(now, service_times.pause << (service->deaths_in_a_row - 1));
    string_copy(service->detail, sizeof(service->detail), why);
    report_state(service);
}

/* Its clients learn of it by the end of the endpoint, unless another process will go on with that. */
static void bury(struct service *service)
{
    j6_handle_close(service->process);
    service->process = 0;
    texts_close(service);
    if (service->receiver == 0 && service->endpoint != 0) {
        j6_handle_close(service->endpoint);
        service->endpoint = 0;
    }
}

static void decide(struct service *service, const struct j6_end_info *end)
{
    const struct manifest_entry *entry = service->entry;
    char why[services_detail_size];
    bool exited = end->reason == j6_reason_exited;
    bool well = exited && end->code == 0;
    describe(end, why, sizeof(why));
    if (service->restarts) {
        service->restarts = false;
        service->state = services_state_waiting;
        service->due = j6_deadline_never;
    } else if (service->is_stopping || ending_has_begun()) {
        service_settle(service, services_state_stopped, "");
    } else if (exited && entry->has_absent && end->code == entry->absent) {
        service_settle(service, services_state_absent, why);
    } else if (exited && entry->ends_system) {
        service_settle(service, services_state_ended, "");
        ending_begin(j6_power_off);
    } else if (well && entry->restart != manifest_restart_always) {
        service_settle(service, services_state_ended, "");
    } else if (entry->restart == manifest_restart_never) {
        service_settle(service, services_state_failed, why);
    } else {
        service_pause(service, why);
    }
}

void service_died(struct service *service)
{
    struct j6_end_info end = {0};
    uint64_t len = sizeof(end);
    j6_object_info(service->process, j6_topic_end, &end, &len);
    bury(service);
    decide(service, &end);
}

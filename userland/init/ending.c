/* SPDX-License-Identifier: MIT */
#include "userland/init/ending.h"
#include "userland/init/manager.h"
#include "userland/init/report.h"

/* Our exit codes, where there is no machine to switch off. */
enum { EXIT_OFF = 0, EXIT_RESET = 2 };

static bool is_ending;
static uint64_t last_action;

bool ending_has_begun(void)
{
    return is_ending;
}

static noreturn void end_system(void)
{
    j6_status_t status = j6_system_power(j6_find("system"), last_action, 0);
    report_end(status);
    j6_exit(last_action == j6_power_off ? EXIT_OFF : EXIT_RESET);
}

/* The one that was started last, and hasn't ended. */
static struct service *last_started(void)
{
    struct service *last = NULL;
    for (size_t i = 0; i < service_count; i++) {
        struct service *service = &services[i];
        if (service->process != 0 && (last == NULL || service->order > last->order)) {
            last = service;
        }
    }
    return last;
}

/* One after the other: who was started later may need those before it. */
void ending_go_on(void)
{
    struct service *service = last_started();
    if (service == NULL) {
        end_system();
    }
    if (!service->is_stopping) {
        service_end(service);
        service->due = manager_after(manager_now(), service_times.end);
    }
}

void ending_begin(uint64_t action)
{
    if (is_ending) {
        return;
    }
    is_ending = true;
    last_action = action;
    report_power(action);
    for (size_t i = 0; i < service_count; i++) {
        services[i].restarts = false;
        services[i].is_stopping = false;
        services[i].due = j6_deadline_never;
    }
    manager_go_on();
}

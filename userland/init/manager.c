/* SPDX-License-Identifier: MIT */
#include "userland/init/manager.h"
#include "userland/init/control.h"
#include "userland/init/ending.h"
#include "userland/init/grant.h"
#include "userland/init/names.h"
#include "userland/init/report.h"
#include "userland/init/waiters.h"
#include <proto/names.h>

/* With the number of the service. */
enum { KEY_TIMER = 0, KEY_PROCESS = 1, KEY_QUESTION = KEY_PROCESS + MANIFEST_SERVICES_MAX };

enum { EXIT_FAILURE = 1, KILLED_BY_INIT = -1 };

static j6_handle_t endpoint;
static j6_handle_t timer;
static uint64_t order;

j6_time_t manager_now(void)
{
    j6_time_t now = 0;
    j6_clock(&now);
    return now;
}

j6_time_t manager_after(j6_time_t time, uint64_t milliseconds)
{
    const j6_time_t millisecond = 1000000;
    j6_time_t later;
    bool over = __builtin_mul_overflow(milliseconds, millisecond, &later) ||
                __builtin_add_overflow(later, time, &later);
    return over ? j6_deadline_never : later;
}

uint64_t manager_next_order(void)
{
    return ++order;
}

j6_handle_t manager_endpoint(void)
{
    return endpoint;
}

j6_status_t manager_kill(const struct service *service)
{
    return j6_process_kill(service->process, KILLED_BY_INIT);
}

j6_status_t manager_bind_process(const struct service *service, uint64_t signals)
{
    uint64_t slot = (uint64_t)(service - services);
    return j6_object_bind(service->process, signals, endpoint, KEY_PROCESS + slot);
}

j6_status_t manager_bind_question(const struct service *service)
{
    uint64_t slot = (uint64_t)(service - services);
    return j6_object_bind(service->question.thread.handle, j6_signal_closed, endpoint,
                          KEY_QUESTION + slot);
}

/* ---- what happens next ----------------------------------------------------------------------- */

/* The first services start, then, when nothing more comes of these, the last ones. */
static enum { START_FIRST, START_LAST, STARTED } phase;

static bool start_what_can_be(void)
{
    bool started = false;
    const char *name;
    for (size_t i = 0; i < service_count; i++) {
        struct service *service = &services[i];
        bool comes = phase != START_FIRST || !service->entry->is_last;
        if (service->state == services_state_waiting && comes &&
            grant_is_possible(service, &name)) {
            service_start(service);
            started = true;
        }
    }
    return started;
}

static void do_what_is_due(void)
{
    j6_time_t now = manager_now();
    for (size_t i = 0; i < service_count; i++) {
        if (services[i].due <= now) {
            service_due(&services[i]);
        }
    }
}

static bool is_anybody_on_the_way(void)
{
    for (size_t i = 0; i < service_count; i++) {
        if (services[i].state == services_state_starting ||
            services[i].state == services_state_pausing) {
            return true;
        }
    }
    return false;
}

static void report_waiting(bool last)
{
    const char *name;
    for (size_t i = 0; i < service_count; i++) {
        if (services[i].state == services_state_waiting && services[i].entry->is_last == last &&
            !grant_is_possible(&services[i], &name)) {
            report_waits(&services[i], name);
        }
    }
}

/* True: there is more to start. */
static bool next_phase(void)
{
    if (phase == STARTED || is_anybody_on_the_way()) {
        return false;
    }
    report_waiting(phase == START_LAST);
    if (phase == START_FIRST) {
        report_banner();
    } else {
        report_started();
    }
    phase++;
    return true;
}

static void set_timer(void)
{
    static j6_time_t set = j6_deadline_never;
    j6_time_t next = j6_deadline_never;
    for (size_t i = 0; i < service_count; i++) {
        next = services[i].due < next ? services[i].due : next;
    }
    if (next != set) {
        j6_event_set_timer(timer, next, 0);
        set = next;
    }
}

static void go_on_once(void)
{
    do_what_is_due();
    for (size_t i = 0; i < service_count; i++) {
        service_go_on(&services[i]);
    }
    waiters_ask();
    if (ending_has_begun()) {
        ending_go_on();
        return;
    }
    while (start_what_can_be() || next_phase()) {}
}

/* Not from within itself: what ends at once only leaves word. */
void manager_go_on(void)
{
    static bool is_going_on;
    static bool again;
    again = true;
    if (is_going_on) {
        return;
    }
    is_going_on = true;
    while (again) {
        again = false;
        go_on_once();
    }
    set_timer();
    is_going_on = false;
}

/* ---- the loop -------------------------------------------------------------------------------- */

static bool bind_timer(void)
{
    return j6_object_bind(timer, j6_signal_event_timer, endpoint, KEY_TIMER) == j6_status_ok;
}

static void take_time(void)
{
    j6_object_signal(timer, j6_signal_event_timer, 0);
    if (!bind_timer()) {
        report_warning("no more time is kept");
    }
}

/* And not about a process that had died before. */
static bool is_about_life(const struct service *service, const struct j6_call *call)
{
    return service->process != 0 && service->koid == call->word[2];
}

static void notice(const struct j6_server *server, const struct j6_call *call)
{
    (void)server;
    if (call->tag != j6_tag_signal) {
        return;
    }
    uint64_t key = call->word[0];
    if (key == KEY_TIMER) {
        take_time();
    } else if (key >= KEY_QUESTION) {
        asking_end(&services[key - KEY_QUESTION]);
    } else if (is_about_life(&services[key - KEY_PROCESS], call)) {
        service_signalled(&services[key - KEY_PROCESS], call->word[1]);
    }
    manager_go_on();
}

static j6_status_t begin(void)
{
    endpoint = j6_find("endpoint");
    j6_status_t status =
        endpoint != 0 ? j6_status_ok : j6_endpoint_create(j6_data_max, 1, 0, &endpoint);
    if (status == j6_status_ok) {
        status = j6_event_create(0, &timer);
    }
    if (status != j6_status_ok) {
        return status;
    }
    return bind_timer() ? j6_status_ok : j6_err_no_memory;
}

/* Nobody would look after them. */
static void kill_all(void)
{
    for (size_t i = 0; i < service_count; i++) {
        if (services[i].process != 0) {
            manager_kill(&services[i]);
        }
    }
}

int manager_run(void)
{
    static const struct j6_method methods[] = {
        {.code = names_code_register, .has_handle = true, .serve = names_serve_register},
        {.code = names_code_look_up, .serve = names_serve_look_up},
        {.code = names_code_wait, .serve = names_serve_wait},
        {.code = services_code_list, .serve = control_serve_list},
        {.code = services_code_restart, .max = j6_data_max, .serve = control_serve_restart},
        {.code = services_code_stop, .max = j6_data_max, .serve = control_serve_stop},
        {.code = services_code_kill, .max = j6_data_max, .serve = control_serve_kill},
        {.code = services_code_kill_process, .serve = control_serve_kill_process},
        {.code = services_code_power, .serve = control_serve_power},
    };
    j6_status_t status = begin();
    if (status == j6_status_ok) {
        manager_go_on();
        const struct j6_server server = {
            .endpoint = endpoint,
            .methods = methods,
            .count = sizeof(methods) / sizeof(methods[0]),
            .notice = notice,
            .keeps_memory = true,
        };
        status = j6_serve(&server);
    }
    report_end(status);
    kill_all();
    return EXIT_FAILURE;
}

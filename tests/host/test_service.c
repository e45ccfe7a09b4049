/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/init/service.c userland/init/service_start.c userland/init/service_death.c lib/format.c lib/string.c */
/*
 * The lives of a service when what init needs for them can't be had, which no test can bring about in the booted
 * system. All that is around them is here, and time passes when a test says so.
 */
#include "userland/init/ending.h"
#include "userland/init/grant.h"
#include "userland/init/grant_handle.h"
#include "userland/init/manager.h"
#include "userland/init/name_table.h"
#include "userland/init/report.h"
#include "userland/init/texts.h"
#include "userland/init/tops.h"
#include "userland/init/waiters.h"
#include <test.h>

#include <string.h>

enum { PROCESS = 77 };

static const j6_time_t MS = 1000000;

static struct manifest manifest;
static struct service *const one = &services[0];

/* What happens around it, and what it has done. */
static struct {
    j6_time_t now;
    unsigned bindings_to_fail;
    unsigned tops_to_ask;
    j6_status_t start;
    bool busy;
    unsigned kills;
    unsigned bindings;
} world;

static int begin(void **state)
{
    (void)state;
    memset(&world, 0, sizeof(world));
    manifest.count = 1;
    manifest.times = (struct manifest_times){.pause = 10, .life = 10000, .ready = 30000};
    manifest.entries[0] = (struct manifest_entry){.name = "one"};
    services_init(&manifest);
    world.now = MS;
    return 0;
}

/* Until it is due, and no longer. */
static void pass_time(void)
{
    assert_true(one->due != j6_deadline_never && one->due > world.now);
    world.now = one->due;
    service_due(one);
}

/* ---- what is around it ----------------------------------------------------------------------- */

j6_time_t manager_now(void)
{
    return world.now;
}

j6_time_t manager_after(j6_time_t time, uint64_t milliseconds)
{
    return time + milliseconds * MS;
}

uint64_t manager_next_order(void)
{
    return 1;
}

j6_status_t manager_kill(const struct service *service)
{
    assert_int_equal(service->process, PROCESS);
    world.kills++;
    return j6_status_ok;
}

j6_status_t manager_bind_process(const struct service *service, uint64_t signals)
{
    (void)service;
    assert_true(signals & j6_signal_closed);
    if (world.bindings_to_fail > 0) {
        world.bindings_to_fail--;
        return j6_err_quota;
    }
    world.bindings++;
    return j6_status_ok;
}

j6_status_t grant_start(struct service *service)
{
    service->process = world.start == j6_status_ok ? PROCESS : 0;
    return world.start;
}

bool tops_ask(struct service *service)
{
    (void)service;
    return world.tops_to_ask > 0 && world.tops_to_ask-- > 0;
}

bool asking_is_busy(const struct service *service)
{
    (void)service;
    return world.busy;
}

bool grant_has_program(const struct service *service)
{
    (void)service;
    return true;
}

bool grant_has_framebuffer(void)
{
    return true;
}

bool ending_has_begun(void)
{
    return false;
}

bool name_has_closed(j6_handle_t endpoint)
{
    (void)endpoint;
    return false;
}

void ending_begin(uint64_t action)
{
    (void)action;
}

void tops_drop(struct service *service)
{
    (void)service;
}

void texts_ask(struct service *service)
{
    (void)service;
}

void texts_close(struct service *service)
{
    (void)service;
}

void texts_served(const char *const *names)
{
    (void)names;
}

void waiters_give_up(const char *const *names)
{
    (void)names;
}

void waiters_tell_all(const char *const *names, j6_handle_t endpoint)
{
    (void)names;
    (void)endpoint;
}

void report_state(struct service *service)
{
    (void)service;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void a_process_that_cannot_be_watched_is_killed_and_looked_at_until_it_can(void **state)
{
    (void)state;
    world.bindings_to_fail = 3;
    service_start(one);
    assert_int_equal(world.kills, 1);
    pass_time();
    pass_time();
    assert_int_equal(world.bindings, 0);
    pass_time();
    assert_int_equal(world.bindings, 1);
    assert_true(one->due == j6_deadline_never);
    service_signalled(one, j6_signal_closed);
    assert_int_equal(one->state, services_state_pausing);
    assert_int_equal(one->process, 0);
}

static void a_process_that_cannot_be_watched_once_it_is_ready_is_killed_too(void **state)
{
    (void)state;
    service_start(one);
    world.bindings_to_fail = 1;
    service_signalled(one, j6_signal_ready);
    assert_int_equal(one->state, services_state_running);
    assert_int_equal(world.kills, 1);
    pass_time();
    assert_int_equal(world.bindings, 2);
    service_signalled(one, j6_signal_closed);
    assert_int_equal(one->state, services_state_pausing);
}

static void one_that_is_ready_when_started_is_looked_at_as_well(void **state)
{
    (void)state;
    manifest.entries[0].is_ready_when_started = true;
    world.bindings_to_fail = 1;
    service_start(one);
    assert_int_equal(one->state, services_state_running);
    pass_time();
    assert_int_equal(world.bindings, 1);
}

static void one_that_is_not_ready_has_its_whole_time_from_when_it_has_its_process(void **state)
{
    (void)state;
    world.tops_to_ask = 1;
    service_start(one);
    assert_true(service_is_asking(one) && one->due == j6_deadline_never);
    world.now += 500 * MS;
    service_go_on(one);
    assert_int_equal(one->process, PROCESS);
    assert_true(one->due == world.now + 30000 * MS);
    pass_time();
    assert_int_equal(world.kills, 1);
    service_signalled(one, j6_signal_closed);
    assert_int_equal(one->state, services_state_pausing);
}

static void nothing_starts_while_something_is_asked(void **state)
{
    (void)state;
    world.busy = true;
    service_start(one);
    assert_true(service_is_asking(one));
    service_restart(one);
    assert_int_equal(one->state, services_state_waiting);
    service_start(one);
    service_stop(one);
    world.busy = false;
    service_go_on(one);
    assert_int_equal(one->state, services_state_stopped);
    assert_int_equal(one->process, 0);
}

static void what_lacks_memory_is_tried_again_and_what_is_denied_is_not(void **state)
{
    (void)state;
    world.start = j6_err_no_memory;
    service_start(one);
    assert_int_equal(one->state, services_state_pausing);
    assert_true(one->due == world.now + 10 * MS);
    world.start = j6_err_denied;
    service_start(one);
    assert_int_equal(one->state, services_state_failed);
    world.start = j6_status_closed;
    service_start(one);
    assert_int_equal(one->state, services_state_waiting);
}

static void rests_get_longer_until_a_life_was_long(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 7; i++) {
        service_start(one);
        service_signalled(one, j6_signal_closed);
        assert_true(one->due == world.now + (10 << i) * MS);
    }
    service_start(one);
    world.now += 10001 * MS;
    service_signalled(one, j6_signal_closed);
    assert_true(one->due == world.now + 10 * MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(
            a_process_that_cannot_be_watched_is_killed_and_looked_at_until_it_can, begin),
        cmocka_unit_test_setup(a_process_that_cannot_be_watched_once_it_is_ready_is_killed_too,
                               begin),
        cmocka_unit_test_setup(one_that_is_ready_when_started_is_looked_at_as_well, begin),
        cmocka_unit_test_setup(
            one_that_is_not_ready_has_its_whole_time_from_when_it_has_its_process, begin),
        cmocka_unit_test_setup(nothing_starts_while_something_is_asked, begin),
        cmocka_unit_test_setup(what_lacks_memory_is_tried_again_and_what_is_denied_is_not, begin),
        cmocka_unit_test_setup(rests_get_longer_until_a_life_was_long, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

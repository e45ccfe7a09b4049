/* SPDX-License-Identifier: MIT */
/* Scenarios of the calls on the system, on handles and on objects. */
#include "userland/test/main/devices.h"
#include "userland/test/main/failures.h"

static struct {
    j6_handle_t area;
    j6_handle_t process;
    j6_handle_t copy;
    j6_handle_t system;
    char *place;
} scene;

/* ---- a result that goes to a page which isn't there yet ------------------------------------- */

static void place_make(void)
{
    scene.area = area_new(1, 0);
    scene.place = area_map(scene.area, READ_WRITE);
}

static void place_drop(void)
{
    area_unmap(scene.area, scene.place);
    expect_ok(j6_handle_close(scene.area));
}

static j6_status_t clock_to_place(void)
{
    return j6_clock_call((j6_time_t *)scene.place);
}

static j6_status_t random_to_place(void)
{
    return j6_random(scene.place, 256);
}

static j6_status_t koid_to_place(void)
{
    return j6_object_koid(scene.area, (j6_koid_t *)scene.place);
}

static j6_status_t log_from_place(void)
{
    return j6_log(j6_log_debug, scene.place, 1);
}

static void place_empty(void)
{
    uint64_t len = PAGE;
    expect_ok(j6_vma_op_range(scene.area, j6_op_decommit, 0, &len));
}

#define TO_PLACE .set_up = place_make, .undo = place_empty, .tear_down = place_drop, .partial = true

SCENARIO(a_clock_read_to_a_new_page, clock, .run = clock_to_place, TO_PLACE);
SCENARIO(random_bytes_to_a_new_page, random, .run = random_to_place, TO_PLACE);
SCENARIO(a_koid_to_a_new_page, object_koid, .run = koid_to_place, TO_PLACE);
SCENARIO(a_line_from_a_new_page, log, .run = log_from_place, TO_PLACE);

/* ---- information ---------------------------------------------------------------------------- */

static char buffer[32768];

static j6_status_t info(uint64_t topic)
{
    uint64_t len = sizeof(buffer);
    return j6_system_info(system_handle(), topic, 0, buffer, &len);
}

static j6_status_t info_objects(void)
{
    return info(j6_topic_objects);
}

static j6_status_t info_slabs(void)
{
    return info(j6_topic_slabs);
}

static j6_status_t info_allocations(void)
{
    return info(j6_topic_allocations);
}

static j6_status_t info_account(void)
{
    uint64_t len = sizeof(buffer);
    return j6_object_info(j6_handle_self_process, j6_topic_account, buffer, &len);
}

SCENARIO(information_on_objects, system_info, .run = info_objects);
SCENARIO(information_on_slabs, system_info, .run = info_slabs);
SCENARIO(information_on_allocations, system_info, .run = info_allocations);
SCENARIO(information_on_an_account, object_info, .run = info_account);

static void log_place_make(void)
{
    place_make();
    scene.system = restricted(system_handle(), j6_range_log, 0, 1);
}

static void log_place_drop(void)
{
    expect_ok(j6_handle_close(scene.system));
    place_drop();
}

static j6_status_t log_to_place(void)
{
    uint64_t seen = 0;
    uint64_t len = PAGE;
    return j6_system_get_log(scene.system, &seen, scene.place, &len, j6_deadline_poll);
}

SCENARIO(an_entry_of_the_log_to_a_new_page, system_get_log, .set_up = log_place_make,
         .run = log_to_place, .undo = place_empty, .tear_down = log_place_drop, .partial = true);

static j6_status_t do_nothing(void)
{
    return j6_noop();
}

static j6_status_t fail_none(void)
{
    uint64_t failed;
    return j6_system_fail_nth(system_handle(), 0, 0, &failed);
}

SCENARIO(nothing, noop, .run = do_nothing);
SCENARIO(no_more_failures, system_fail_nth, .run = fail_none);

/* ---- handles -------------------------------------------------------------------------------- */

static void area_make(void)
{
    scene.area = area_new(1, 0);
}

static void area_close(void)
{
    expect_ok(j6_handle_close(scene.area));
}

static j6_status_t duplicate(void)
{
    return j6_handle_duplicate(scene.area, j6_right_wait, 0, &scene.copy);
}

static void copy_close(void)
{
    expect_ok(j6_handle_close(scene.copy));
}

static j6_status_t close_something(void)
{
    j6_status_t status = duplicate();
    return status == j6_status_ok ? j6_handle_close(scene.copy) : status;
}

SCENARIO(a_second_handle, handle_duplicate, .set_up = area_make, .run = duplicate,
         .undo = copy_close, .tear_down = area_close);
SCENARIO(a_handle_that_is_closed_again, handle_close, .set_up = area_make, .run = close_something,
         .tear_down = area_close);

static j6_status_t wait_for_an_end(void)
{
    j6_status_t status = j6_object_wait(scene.process, j6_signal_closed, NULL, now() + 1000000);
    return status == j6_status_timed_out ? j6_status_ok : status;
}

static void process_make(void)
{
    area_make();
    scene.process = process_new();
}

static void process_drop(void)
{
    expect_ok(j6_process_kill(scene.process, 0));
    expect_ok(j6_handle_close(scene.process));
    area_close();
}

SCENARIO(waiting_for_what_does_not_come, object_wait, .set_up = process_make,
         .run = wait_for_an_end, .tear_down = process_drop);

/* ---- handle tables that grow ---------------------------------------------------------------- */

static j6_status_t give(void)
{
    j6_handle_t given;
    return j6_process_give_handle(scene.process, scene.area, 0, &given);
}

/* The next handle needs a fifth chunk, for which the directory has no room. */
static void process_make_full(void)
{
    enum { CHUNKS = 4, CHUNK = 256, REST = 64 };
    process_make();
    for (int i = 0; i < CHUNKS * CHUNK - REST; i++) {
        expect_ok(give());
    }
}

SCENARIO(the_first_handle_of_a_process, process_give_handle, .set_up = process_make, .run = give,
         .tear_down = process_drop);
SCENARIO(a_handle_for_which_the_table_must_grow, process_give_handle, .set_up = process_make_full,
         .run = give, .tear_down = process_drop);

/* ---- signals that arrive at an endpoint ----------------------------------------------------- */

static void binding_make(void)
{
    scene.area = event_new();
    expect_ok(j6_endpoint_create(0, 0, 0, &scene.copy));
}

static j6_status_t binding_run(void)
{
    return j6_object_bind(scene.area, 0, scene.copy, 1);
}

static void binding_undo(void)
{
    (void)j6_object_unbind(scene.area, scene.copy, 1);
}

static void binding_drop(void)
{
    expect_ok(j6_handle_close(scene.area));
    expect_ok(j6_handle_close(scene.copy));
}

SCENARIO(a_binding, object_bind, .set_up = binding_make, .run = binding_run, .undo = binding_undo,
         .tear_down = binding_drop);

static void bound_make(void)
{
    binding_make();
    expect_ok(binding_run());
}

static j6_status_t unbinding_run(void)
{
    return j6_object_unbind(scene.area, scene.copy, 1);
}

static void unbinding_undo(void)
{
    expect_ok(binding_run());
}

SCENARIO(an_unbinding, object_unbind, .set_up = bound_make, .run = unbinding_run,
         .undo = unbinding_undo, .tear_down = binding_drop);

/* SPDX-License-Identifier: MIT */
/* Scenarios of events, signals and waits. */
#include "userland/test/main/failures.h"

static struct {
    j6_handle_t event;
    j6_handle_t area;
    uint32_t *word; /* in the area */
} scene;

static j6_status_t create(void)
{
    return j6_event_create(0, &scene.event);
}

static void make(void)
{
    scene.event = event_new();
}

static void drop(void)
{
    expect_ok(j6_handle_close(scene.event));
}

SCENARIO(an_event, event_create, .run = create, .undo = drop);

static j6_status_t set_timer(void)
{
    return j6_event_set_timer(scene.event, now() + 1000, 1000);
}

static j6_status_t signal(void)
{
    return j6_object_signal(scene.event, j6_signal_event_timer, J6_SIGNAL(48));
}

SCENARIO(a_timer, event_set_timer, .set_up = make, .run = set_timer, .tear_down = drop);
SCENARIO(a_signal, object_signal, .set_up = make, .run = signal, .tear_down = drop);

static j6_status_t pause(void)
{
    expect_ok(j6_object_signal(j6_handle_self_thread, 0, J6_SIGNAL(48)));
    return j6_thread_pause(NULL);
}

SCENARIO(a_pause, thread_pause, .run = pause);

static j6_status_t wait_for_many(void)
{
    struct j6_wait_item items[] = {
        {scene.event, J6_SIGNAL(48), 0},
        {j6_handle_self_process, j6_signal_closed, 0},
    };
    j6_status_t status = j6_object_wait_many(items, 2, now() + 100000);
    return status == j6_status_timed_out ? j6_status_ok : status;
}

SCENARIO(a_wait_for_many, object_wait_many, .set_up = make, .run = wait_for_many,
         .tear_down = drop);

/* ---- a word in a page that isn't there ------------------------------------------------------ */

static void make_word(void)
{
    scene.area = area_new(1, 0);
    scene.word = (uint32_t *)area_map(scene.area, READ_WRITE);
}

static void drop_word(void)
{
    area_unmap(scene.area, scene.word);
    expect_ok(j6_handle_close(scene.area));
}

static void empty_word(void)
{
    uint64_t len = PAGE;
    expect_ok(j6_vma_op_range(scene.area, j6_op_decommit, 0, &len));
}

static j6_status_t wait_at_word(void)
{
    j6_status_t status = j6_futex_wait(scene.word, 0, now() + 10000);
    return status == j6_status_timed_out ? j6_status_ok : status;
}

static j6_status_t wake_at_word(void)
{
    return j6_futex_wake(scene.word, 1);
}

SCENARIO(a_wait_at_a_word, futex_wait, .set_up = make_word, .run = wait_at_word, .undo = empty_word,
         .tear_down = drop_word, .partial = true);
SCENARIO(a_wake_at_a_word, futex_wake, .set_up = make_word, .run = wake_at_word,
         .tear_down = drop_word);

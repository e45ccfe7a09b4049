/* SPDX-License-Identifier: MIT */
/*
 * Messages to a server that waits on the same CPU, with all that they need in memory: the kernel's fast path
 * takes them, and looks at everything that the slow one does.
 */
#include "lib/string.h"
#include "userland/test/main/memory.h"
#include "userland/test/main/puppeteer.h"

enum { PAGES = 2, LEN_MAX = 5000, HANDLES_MAX = 3 };

/* A puppet that sends back what it gets, by way of an area that the test has mapped as well. */
struct scene {
    struct puppet puppet;
    struct puppet_slot *server;
    j6_handle_t endpoint;
    j6_handle_t area;
    char *theirs; /* the area, as the puppet has it … */
    char *room;   /* … and as the test has it */
};

static j6_status_t call_with(const struct scene *scene, struct j6_message *message,
                             struct j6_call *call)
{
    *call = (struct j6_call){.tag = 7, .word = {1, 2, 3, 4}, .message = message};
    return j6_endpoint_call(scene->endpoint, call, j6_deadline_never);
}

/* Until both sides know each other's ways, and have been at all of their memory. */
static void warm_up(const struct scene *scene, uint64_t len)
{
    static char data[LEN_MAX];
    for (int i = 0; i < 4; i++) {
        struct j6_message message = {.data = data, .len = len, .cap = sizeof(data)};
        struct j6_call call;
        expect_ok(call_with(scene, &message, &call));
        expect_equal(len, call.bytes);
    }
}

/* The endpoint takes messages of so many bytes; the server offers room for these. */
static void scene_open(struct scene *scene, uint64_t max, uint64_t cap, uint64_t handle_cap)
{
    stay_on_first_cpu();
    expect_ok(j6_endpoint_create(max, HANDLES_MAX, 0, &scene->endpoint));
    scene->area = area_new(PAGES, 0);
    scene->room = area_map(scene->area, READ_WRITE);
    puppet_open(&scene->puppet, 1, NULL);
    scene->theirs = puppet_map(&scene->puppet, scene->area, 0, PAGES, READ_WRITE);
    scene->server = puppet_slot(&scene->puppet, 0, PUPPET_SERVE,
                                puppet_give_all(&scene->puppet, scene->endpoint));
    scene->server->message =
        (struct j6_message){.data = scene->theirs,
                            .cap = cap,
                            .handles = (j6_handle_t *)scene->puppet.page->here->room,
                            .handle_cap = handle_cap};
    puppet_begin(scene->server);
    warm_up(scene, cap < max ? cap : max);
}

static void scene_close(struct scene *scene)
{
    puppet_close(&scene->puppet);
    area_unmap(scene->area, scene->room);
    expect_ok(j6_handle_close(scene->area));
    expect_ok(j6_handle_close(scene->endpoint));
    leave_first_cpu();
}

/* ---- data ---- */

/* From there to the server, and back to the other place. */
static void echo(const struct scene *scene, char *from, char *back, uint64_t len)
{
    struct j6_call call;
    struct j6_message message = {.data = from, .len = len};
    memset(scene->room, 0x22, PAGES * PAGE);
    expect_status(len == 0 ? j6_status_ok : j6_err_insufficient, call_with(scene, &message, &call));
    expect_equal(0, memcmp(from, scene->room, len));
    expect_equal(0x22, scene->room[len]);
    memcpy(back, from, len); /* one message serves both directions */
    memset(back + len, 0x11, 1);
    message = (struct j6_message){.data = back, .len = len, .cap = len};
    expect_ok(call_with(scene, &message, &call));
    expect_equal(len, call.bytes);
    expect_equal(0, memcmp(from, back, len));
    expect_equal(0x11, back[len]);
    for (unsigned i = 0; i < 4; i++) {
        expect_equal(i + 1, call.word[i]);
    }
}

TEST(fast_calls_carry_data_of_every_length_there_and_back)
{
    static const uint64_t lengths[] = {0, 1, 7, 8, 63, 64, 65, 500, 4095, 4096, 4097, LEN_MAX};
    static const uint64_t starts[] = {0, 1, PAGE - 1, PAGE - 40};
    static char from[4 * PAGE] __attribute__((aligned(PAGE)));
    static char back[4 * PAGE] __attribute__((aligned(PAGE)));
    struct scene scene;
    scene_open(&scene, LEN_MAX, LEN_MAX, 0);
    for (unsigned i = 0; i < sizeof(from); i++) {
        from[i] = (char)(i * 13 + i / PAGE + 1);
    }
    for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (unsigned j = 0; j < sizeof(starts) / sizeof(starts[0]); j++) {
            echo(&scene, from + starts[j], back + starts[(j + i) % 4], lengths[i]);
        }
    }
    scene_close(&scene);
}

TEST(a_fast_call_with_more_data_than_its_endpoint_takes_is_out_of_range)
{
    static char data[65];
    struct scene scene;
    struct j6_call call;
    scene_open(&scene, sizeof(data) - 1, PAGE, 0);
    struct j6_message message = {.data = data, .len = sizeof(data)};
    expect_status(j6_err_out_of_range, call_with(&scene, &message, &call));
    warm_up(&scene, sizeof(data) - 1);
    scene_close(&scene);
}

/* Once it is used to short calls. */
static j6_status_t call_at_last(j6_handle_t endpoint, struct j6_call *call, j6_time_t deadline)
{
    for (int i = 0; i < 4; i++) {
        struct j6_call first = {0};
        j6_status_t status = j6_endpoint_call(endpoint, &first, deadline);
        if (status != j6_status_ok) {
            return status;
        }
    }
    return j6_endpoint_call(endpoint, call, deadline);
}

TEST(a_fast_server_with_too_little_room_is_told_so_and_nothing_is_written)
{
    static char data[65];
    struct scene scene;
    struct ipc_peer caller;
    struct j6_message message = {.data = data, .len = sizeof(data)};
    scene_open(&scene, LEN_MAX, sizeof(data) - 1, 0);
    memset(scene.room, 0x11, PAGE);
    message_start(&caller, scene.endpoint, call_at_last, &message, j6_wait_send);
    expect_status(j6_err_insufficient, puppet_end(scene.server));
    expect_equal(0x11, scene.room[0]);
    expect_equal(0x11, scene.room[sizeof(data) - 1]);
    ipc_peer_kill(&caller);
    scene_close(&scene);
}

TEST(a_fast_call_does_not_write_to_pages_that_are_shared_with_a_clone)
{
    struct scene scene;
    struct j6_call call;
    char data = 'b';
    scene_open(&scene, LEN_MAX, 1, 0);
    scene.room[0] = 'a';
    j6_handle_t clone = area_clone(scene.area, 0, PAGES, 0);
    struct j6_message message = {.data = &data, .len = 1, .cap = 1};
    expect_ok(call_with(&scene, &message, &call));
    expect_equal('b', scene.room[0]);
    expect_equal('a', area_get(clone, 0));
    expect_ok(j6_handle_close(clone));
    scene_close(&scene);
}

TEST(a_fast_call_does_not_write_where_its_receiver_may_not)
{
    static char data[8] = "written";
    struct scene scene;
    struct ipc_peer caller;
    struct j6_message message = {.data = data, .len = sizeof(data)};
    scene_open(&scene, LEN_MAX, sizeof(data), 0);
    memset(scene.room, 0x11, PAGE);
    expect_ok(j6_vma_protect(scene.area, scene.puppet.process, (uint64_t)scene.theirs, PAGES * PAGE,
                             j6_map_read));
    message_start(&caller, scene.endpoint, call_at_last, &message, j6_wait_send);
    expect_status(j6_err_bad_address, puppet_end(scene.server));
    expect_equal(0x11, scene.room[0]);
    ipc_peer_kill(&caller);
    scene_close(&scene);
}

/* ---- handles ---- */

/* They go there and come back, as others that name the same. */
static void move(const struct scene *scene, j6_handle_t *handles, uint64_t count)
{
    j6_koid_t koids[HANDLES_MAX];
    j6_handle_t sent[HANDLES_MAX];
    struct j6_call call;
    for (uint64_t i = 0; i < count; i++) {
        koids[i] = koid_of(handles[i]);
        sent[i] = handles[i];
    }
    struct j6_message message = {
        .handles = handles, .handle_count = count, .handle_cap = HANDLES_MAX};
    expect_ok(call_with(scene, &message, &call));
    expect_equal(count, call.handles);
    for (uint64_t i = 0; i < count; i++) {
        expect_equal(koids[i], koid_of(handles[i]));
        expect_equal(j6_handle_rights(sent[i]), j6_handle_rights(handles[i]));
        expect_status(j6_err_bad_handle, j6_object_koid(sent[i], &koids[i]));
    }
}

TEST(handles_go_with_fast_calls_and_come_back)
{
    struct scene scene;
    scene_open(&scene, LEN_MAX, 1, HANDLES_MAX + 1);
    j6_handle_t handles[HANDLES_MAX] = {event_new(), endpoint_new(), area_new(1, 0)};
    for (uint64_t round = 0; round < 100; round++) {
        move(&scene, handles, round % (HANDLES_MAX + 1));
    }
    for (int i = 0; i < HANDLES_MAX; i++) {
        expect_ok(j6_handle_close(handles[i]));
    }
    scene_close(&scene);
}

TEST(fast_calls_do_not_take_handles_that_may_not_go)
{
    struct scene scene;
    struct j6_call call;
    scene_open(&scene, LEN_MAX, 1, HANDLES_MAX + 1);
    j6_handle_t event = event_new();
    j6_handle_t bound = without(event, j6_right_transfer);
    const struct {
        uint64_t count;
        j6_handle_t handle[HANDLES_MAX + 1];
        j6_status_t status;
    } cases[] = {
        {1, {bound}, j6_err_denied},
        {2, {event, bound}, j6_err_denied},
        {2, {event, event}, j6_err_bad_handle},
        {1, {j6_handle_none}, j6_err_bad_handle},
        {1, {event + 1}, j6_err_bad_handle},
        {HANDLES_MAX + 1, {event}, j6_err_out_of_range},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        j6_handle_t handles[HANDLES_MAX + 1];
        memcpy(handles, cases[i].handle, sizeof(handles));
        struct j6_message message = {.handles = handles, .handle_count = cases[i].count};
        warm_up(&scene, 1);
        memset(scene.room, 0x22, 1);
        message.data = "x";
        message.len = 1;
        expect_status(cases[i].status, call_with(&scene, &message, &call));
        expect_equal(0x22, scene.room[0]);
        expect_equal(koid_of(event), koid_of(bound));
    }
    expect_ok(j6_handle_close(event));
    expect_ok(j6_handle_close(bound));
    scene_close(&scene);
}

TEST(a_fast_call_does_not_write_handles_beyond_the_room_for_them)
{
    struct scene scene;
    struct ipc_peer caller;
    scene_open(&scene, LEN_MAX, 1, 1);
    j6_handle_t events[2] = {event_new(), event_new()};
    struct j6_message message = {.handles = events, .handle_count = 2};
    memset(scene.puppet.page->room, 0x11, sizeof(scene.puppet.page->room));
    message_start(&caller, scene.endpoint, call_at_last, &message, j6_wait_send);
    expect_status(j6_err_insufficient, puppet_end(scene.server));
    expect_equal(0x1111111111111111, scene.puppet.page->room[0]);
    ipc_peer_kill(&caller);
    for (int i = 0; i < 2; i++) {
        expect_ok(j6_handle_close(events[i]));
    }
    scene_close(&scene);
}

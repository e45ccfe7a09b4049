/* SPDX-License-Identifier: MIT */
/* Processes that are killed, and memory that changes, while messages are copied. */
#include "userland/test/main/memory.h"
#include "userland/test/main/puppeteer.h"

enum { PAGES = 16, SIZE = PAGES * PAGE, THREADS = 3 };

struct scene {
    struct puppet puppet;
    j6_handle_t endpoint;
    j6_handle_t theirs;
    j6_handle_t area; /* of the puppet's buffers */
    char *there;
};

static void scene_open(struct scene *scene)
{
    scene->endpoint = endpoint_new();
    puppet_open(&scene->puppet, THREADS, NULL);
    scene->theirs = puppet_give_all(&scene->puppet, scene->endpoint);
    scene->area = area_new(THREADS * PAGES, 0);
    scene->there = puppet_map(&scene->puppet, scene->area, 0, THREADS * PAGES, READ_WRITE);
}

static void scene_close(struct scene *scene)
{
    puppet_close(&scene->puppet);
    expect_ok(j6_handle_close(scene->area));
    expect_ok(j6_handle_close(scene->endpoint));
}

/* All threads of the puppet are at it, with data both ways. */
static void puppet_work(struct scene *scene, uint64_t action)
{
    for (uint64_t i = 0; i < THREADS; i++) {
        struct puppet_slot *slot = puppet_slot(&scene->puppet, i, action, scene->theirs);
        slot->call.tag = 1;
        slot->message = (struct j6_message){.data = scene->there + i * SIZE,
                                            .len = action == PUPPET_FLOOD ? SIZE - i * 1000 : 0,
                                            .cap = SIZE};
        puppet_begin(slot);
    }
}

static char room[SIZE];

/* Sends back what came, until the endpoint closes. */
static int64_t serve(void *arg)
{
    struct j6_message message = {.data = room, .cap = SIZE};
    struct j6_call call = {.message = &message};
    j6_handle_t endpoint = *(j6_handle_t *)arg;
    j6_status_t status = j6_endpoint_receive(endpoint, &call, j6_deadline_never);
    while (status == j6_status_ok) {
        message.len = call.bytes;
        status = j6_endpoint_reply_receive(endpoint, &call, j6_deadline_never);
    }
    return status == j6_status_closed ? 0 : __LINE__;
}

TEST(clients_killed_in_the_middle_of_copies_leave_their_server_alone)
{
    for (uint64_t round = 0; round < race_rounds(6); round++) {
        struct scene scene;
        struct j6_thread server;
        int64_t line = -1;
        scene_open(&scene);
        expect_ok(j6_thread_run(&server, serve, &scene.endpoint, 4 * PAGE));
        puppet_work(&scene, PUPPET_FLOOD);
        expect_ok(j6_thread_sleep(now() + (round * 37 % 16) * 40000));
        expect_ok(j6_process_kill(scene.puppet.process, 0));
        struct j6_call call = words(5);
        expect_ok(j6_endpoint_call(scene.endpoint, &call, now() + PATIENCE));
        expect_words(5, &call);
        expect_ok(j6_object_close(scene.endpoint));
        expect_ok(j6_thread_join(&server, &line));
        expect_equal(0, line);
        scene_close(&scene);
    }
}

/* Calls until the server has gone. */
static int64_t call(void *arg)
{
    static char data[SIZE];
    j6_status_t status = j6_status_ok;
    while (status == j6_status_ok) {
        struct j6_message message = {.data = data, .len = SIZE, .cap = SIZE};
        struct j6_call request = {.message = &message};
        status = j6_endpoint_call(*(j6_handle_t *)arg, &request, j6_deadline_never);
    }
    return status == j6_status_closed ? 0 : __LINE__;
}

TEST(a_server_killed_in_the_middle_of_copies_leaves_closed_to_its_callers)
{
    for (uint64_t round = 0; round < race_rounds(6); round++) {
        struct scene scene;
        struct j6_thread callers[2];
        int64_t line = -1;
        scene_open(&scene);
        j6_handle_t sends = narrowed(scene.endpoint, j6_right_endpoint_send);
        expect_ok(j6_handle_close(scene.endpoint)); /* the puppet alone receives */
        scene.endpoint = sends;
        puppet_work(&scene, PUPPET_SERVE);
        for (int i = 0; i < 2; i++) {
            expect_ok(j6_thread_run(&callers[i], call, &sends, 4 * PAGE));
        }
        expect_ok(j6_thread_sleep(now() + (round * 37 % 16) * 40000));
        expect_ok(j6_process_kill(scene.puppet.process, 0));
        for (int i = 0; i < 2; i++) {
            expect_ok(j6_thread_join(&callers[i], &line));
            expect_equal(0, line);
        }
        scene_close(&scene);
    }
}

/* ---- memory that changes ---- */

static uint32_t stop;

struct changer {
    j6_handle_t area;
    char *memory;
};

static int64_t change_memory(void *arg)
{
    const struct changer *changer = arg;
    while (__atomic_load_n(&stop, __ATOMIC_RELAXED) == 0) {
        expect_ok(area_op(changer->area, j6_op_decommit, 3, 5));
        expect_ok(protect(changer->area, changer->memory + 7 * PAGE, 2, j6_map_read));
        j6_handle_t clone = area_clone(changer->area, 0, PAGES, 0);
        expect_ok(protect(changer->area, changer->memory + 7 * PAGE, 2, READ_WRITE));
        expect_ok(j6_handle_close(clone));
        j6_thread_sleep(0);
    }
    return 0;
}

/* Who has the memory gets bad_address now and then; the other side never. */
TEST(memory_that_changes_while_it_is_copied_is_its_owners_affair)
{
    struct j6_thread server;
    struct j6_thread thread;
    int64_t line = -1;
    j6_handle_t endpoint = endpoint_new();
    struct changer changer = {.area = area_new(PAGES, 0)};
    changer.memory = area_map(changer.area, READ_WRITE);
    stop = 0;
    expect_ok(j6_thread_run(&server, serve, &endpoint, 4 * PAGE));
    expect_ok(j6_thread_run(&thread, change_memory, &changer, 4 * PAGE));
    for (uint64_t i = 0; i < race_rounds(150); i++) {
        struct j6_message message = {.data = changer.memory, .len = SIZE, .cap = SIZE};
        struct j6_call request = {.tag = i, .message = &message};
        j6_status_t status = j6_endpoint_call(endpoint, &request, j6_deadline_never);
        expect(status == j6_status_ok || status == j6_err_bad_address);
        expect(status != j6_status_ok || request.bytes == SIZE);
        j6_thread_sleep(0);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    expect_ok(j6_thread_join(&thread, NULL));
    expect_ok(j6_object_close(endpoint));
    expect_ok(j6_thread_join(&server, &line));
    expect_equal(0, line);
    for (uint64_t first = 0; first < PAGES; first++) { /* in as many pieces as there may be */
        expect_ok(unmap(changer.area, changer.memory + first * PAGE, 1));
    }
    expect_ok(j6_handle_close(changer.area));
    expect_ok(j6_handle_close(endpoint));
}

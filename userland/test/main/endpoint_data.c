/* SPDX-License-Identifier: MIT */
/* Data in messages: every length, alignment and way, within a process and to another one. */
#include "lib/string.h"
#include "userland/test/main/memory.h"
#include "userland/test/main/puppeteer.h"

enum { AREA = 20, ROOM = AREA * PAGE };

/* An endpoint, a peer that sends or calls, and memory for both sides. */
struct scene {
    j6_handle_t endpoint;
    struct ipc_peer peer;
    j6_handle_t area[2];
    char *from;
    char *to;
    struct j6_message out; /* of the peer */
    struct j6_message in;  /* of the test */
};

static void scene_open(struct scene *scene)
{
    *scene = (struct scene){.endpoint = endpoint_new()};
    for (int i = 0; i < 2; i++) {
        scene->area[i] = area_new(AREA, 0);
    }
    scene->from = area_map(scene->area[0], READ_WRITE);
    scene->to = area_map(scene->area[1], READ_WRITE);
    for (uint64_t i = 0; i < ROOM; i++) {
        scene->from[i] = (char)(i * 7 + i / PAGE + 1);
    }
}

static void scene_close(struct scene *scene)
{
    area_unmap(scene->area[0], scene->from);
    area_unmap(scene->area[1], scene->to);
    for (int i = 0; i < 2; i++) {
        expect_ok(j6_handle_close(scene->area[i]));
    }
    expect_ok(j6_handle_close(scene->endpoint));
}

static void peer_begin(struct scene *scene, endpoint_call *make, uint32_t wait)
{
    scene->peer = (struct ipc_peer){.endpoint = scene->endpoint,
                                    .make = make,
                                    .call = {.tag = 1, .message = &scene->out},
                                    .deadline = j6_deadline_never};
    ipc_peer_begin(&scene->peer, wait);
}

/* Did exactly `len` bytes come from there to here? */
static void expect_bytes(const char *from, const char *to, uint64_t len)
{
    expect_equal(0, memcmp(from, to, len));
    expect_equal(0x11, to[-1]);
    expect_equal(0x11, to[len]);
}

/* Both ways: who waits is the sender, or the receiver. */
static void carry(struct scene *scene, uint64_t from, uint64_t to, uint64_t len)
{
    char *source = scene->from + from;
    char *target = scene->to + to;
    for (int receiver_first = 0; receiver_first < 2; receiver_first++) {
        struct j6_call call = {.tag = 1, .message = &scene->in};
        memset(target - 1, 0x11, len + 2);
        scene->in = (struct j6_message){0};
        scene->out = (struct j6_message){0};
        if (receiver_first) {
            scene->out = (struct j6_message){.data = target, .cap = len};
            scene->in = (struct j6_message){.data = source, .len = len};
            peer_begin(scene, j6_endpoint_receive, j6_wait_receive);
            expect_ok(j6_endpoint_send(scene->endpoint, &call, j6_deadline_poll));
            ipc_peer_finish(&scene->peer, j6_status_ok);
            expect_equal(len, scene->peer.call.bytes);
        } else {
            scene->in = (struct j6_message){.data = target, .cap = len};
            scene->out = (struct j6_message){.data = source, .len = len};
            peer_begin(scene, j6_endpoint_send, j6_wait_send);
            expect_ok(j6_endpoint_receive(scene->endpoint, &call, j6_deadline_poll));
            ipc_peer_finish(&scene->peer, j6_status_ok);
            expect_equal(len, call.bytes);
        }
        expect_bytes(source, target, len);
    }
}

TEST(data_of_every_length_comes_whole_and_no_further)
{
    static const uint64_t lengths[] = {0,    1,    2,    7,    8,     9,     63,    64,   65,
                                       4095, 4096, 4097, 8192, 12289, 32768, 65535, 65536};
    struct scene scene;
    scene_open(&scene);
    for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        carry(&scene, PAGE, PAGE, lengths[i]);
    }
    scene_close(&scene);
}

TEST(data_may_lie_anywhere_on_both_sides)
{
    static const uint64_t offsets[] = {1, 3, 8, PAGE - 8, PAGE - 1, PAGE, PAGE + 5};
    static const uint64_t lengths[] = {1, 64, 4096, 65536};
    enum { OFFSETS = 7 };
    struct scene scene;
    scene_open(&scene);
    for (unsigned i = 0; i < OFFSETS; i++) {
        carry(&scene, offsets[i], offsets[OFFSETS - 1 - i], lengths[i % 4]);
        carry(&scene, offsets[i], offsets[(i + 3) % OFFSETS], lengths[(i + 1) % 4]);
    }
    scene_close(&scene);
}

TEST(pages_that_were_never_touched_are_sent_as_zeros_and_brought_in_to_receive)
{
    struct scene scene;
    scene_open(&scene);
    expect_ok(area_op(scene.area[0], j6_op_decommit, 0, AREA));
    expect_ok(area_op(scene.area[1], j6_op_decommit, 0, AREA));
    carry(&scene, 100, 2 * PAGE + 50, 65536);
    expect(is_zero(scene.to + 2 * PAGE + 50, 65536));
    scene_close(&scene);
}

/* Neither the copy of the sender's page nor what shares the receiver's changes. */
TEST(pages_that_clones_share_are_sent_and_received_into)
{
    struct scene scene;
    scene_open(&scene);
    memset(scene.to, 0x33, ROOM);
    j6_handle_t clones[2];
    for (int i = 0; i < 2; i++) {
        clones[i] = area_clone(scene.area[i], 0, AREA, 0);
    }
    carry(&scene, PAGE + 1, PAGE + 2, 65536);
    for (uint64_t page = 0; page < AREA; page++) {
        expect_equal(0x33, area_get(clones[1], page * PAGE));
        expect_equal((char)(page * PAGE * 7 + page + 1), area_get(clones[0], page * PAGE));
    }
    for (int i = 0; i < 2; i++) {
        expect_ok(j6_handle_close(clones[i]));
    }
    scene_close(&scene);
}

TEST(a_call_and_its_reply_use_the_same_buffer_and_are_as_long_as_they_like)
{
    static char request[IPC_DATA];
    static const uint64_t lengths[][2] = {{0, 65536}, {65536, 0}, {1, 4096}, {4096, 1}, {64, 64}};
    struct scene scene;
    scene_open(&scene);
    for (int i = 0; i < 5; i++) {
        uint64_t there = lengths[i][0];
        uint64_t back = lengths[i][1];
        struct j6_call call = {.message = &scene.in};
        memcpy(scene.to + 1, scene.from + 9, there);
        scene.out = (struct j6_message){.data = scene.to + 1, .len = there, .cap = back};
        scene.in = (struct j6_message){.data = request, .cap = there};
        peer_begin(&scene, j6_endpoint_call, j6_wait_send);
        expect_ok(j6_endpoint_receive(scene.endpoint, &call, j6_deadline_poll));
        expect_equal(there, call.bytes);
        expect_equal(0, memcmp(request, scene.from + 9, there));
        scene.in = (struct j6_message){.data = scene.from + 3, .len = back};
        expect_ok(j6_endpoint_reply(scene.endpoint, &call, 0));
        ipc_peer_finish(&scene.peer, j6_status_ok);
        expect_equal(back, scene.peer.call.bytes);
        expect_equal(0, memcmp(scene.to + 1, scene.from + 3, back));
    }
    scene_close(&scene);
}

/* ---- two processes ---- */

TEST(data_goes_from_process_to_process_both_ways)
{
    struct puppet puppet;
    struct scene scene;
    scene_open(&scene);
    puppet_open(&puppet, 1, NULL);
    j6_handle_t theirs = puppet_give_all(&puppet, scene.endpoint);
    char *there = puppet_map(&puppet, scene.area[1], 0, AREA, READ_WRITE);
    static const uint64_t lengths[] = {1, 64, 4096, 65536};
    static char request[IPC_DATA];
    for (int i = 0; i < 4; i++) {
        uint64_t len = lengths[i];
        struct puppet_slot *slot = puppet_slot(&puppet, 0, PUPPET_CALL, theirs);
        struct j6_message message = {.data = request, .cap = IPC_DATA};
        struct j6_call call = {.message = &message};
        memcpy(scene.to + 11, scene.from + 5, len);
        slot->message = (struct j6_message){.data = there + 11, .len = len, .cap = len};
        puppet_begin(slot);
        expect_ok(j6_endpoint_receive(scene.endpoint, &call, j6_deadline_never));
        expect_equal(len, call.bytes);
        expect_equal(0, memcmp(request, scene.from + 5, len));
        message = (struct j6_message){.data = scene.from + PAGE + 1, .len = len};
        expect_ok(j6_endpoint_reply(scene.endpoint, &call, 0));
        expect_ok(puppet_end(slot));
        expect_equal(len, slot->call.bytes);
        expect_equal(0, memcmp(scene.to + 11, scene.from + PAGE + 1, len));
    }
    puppet_close(&puppet);
    scene_close(&scene);
}

/* SPDX-License-Identifier: MIT */
/* Scenarios of channels. A send never fails for want of a larger buffer: it takes less. */
#include "userland/test/main/channel.h"
#include "userland/test/main/failures.h"

static struct {
    j6_handle_t channel;
    j6_handle_t area;
    char *page; /* of the area */
} scene;

static j6_status_t create(void)
{
    return j6_channel_create(0, &scene.channel);
}

static void make(void)
{
    scene.channel = channel_new();
    scene.area = area_new(1, 0);
    scene.page = area_map(scene.area, READ_WRITE);
}

static void drop_channel(void)
{
    expect_ok(j6_handle_close(scene.channel));
}

static void drop(void)
{
    drop_channel();
    area_unmap(scene.area, scene.page);
    expect_ok(j6_handle_close(scene.area));
}

static j6_status_t send_much(void)
{
    static char data[STREAM_MAX];
    uint64_t len = sizeof(data);
    return j6_channel_send(scene.channel, &len, data, j6_deadline_poll);
}

/* Of a byte, to a page that isn't there. */
static j6_status_t receive(void)
{
    uint64_t len = 1;
    send_text(scene.channel, "x");
    return j6_channel_receive(scene.channel, &len, scene.page, j6_deadline_poll);
}

static void empty_page(void)
{
    uint64_t len = PAGE;
    expect_ok(j6_vma_op_range(scene.area, j6_op_decommit, 0, &len));
}

SCENARIO(a_channel, channel_create, .run = create, .undo = drop_channel);
SCENARIO(a_send_that_makes_a_channel_grow, channel_send, .set_up = make, .run = send_much,
         .tear_down = drop);
SCENARIO(a_receive_to_a_page_that_is_not_there, channel_receive, .set_up = make, .run = receive,
         .undo = empty_page, .tear_down = drop, .partial = true);

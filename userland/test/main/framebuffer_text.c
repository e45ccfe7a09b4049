/* SPDX-License-Identifier: MIT */
/* The service of the framebuffer's driver, <proto/text.h>: requests, channels that come and go, clients that die. */
#include "userland/test/main/look.h"
#include "userland/test/main/screen.h"
#include <proto/text.h>

enum { CHANNELS_MAX = 128, CHANNELS_OF_CLIENT = 32 }; /* of the driver */

static uint64_t handle_count(const struct screen_driver *driver)
{
    return process_row(koid_of(driver->process)).handles;
}

/* ---- requests ------------------------------------------------------------------------------- */

SYSTEM_TEST(text_that_is_written_to_the_framebuffers_driver_is_shown)
{
    struct screen_driver driver;
    struct text_write_answer answer = {0};
    if (!screen_driver_start(&driver, false)) {
        return;
    }
    static const char long_text[text_write_max + 1];
    expect_status(j6_err_out_of_range,
                  text_write(driver.text, long_text, sizeof(long_text), &answer));
    expect_ok(text_write(driver.text, "ab", 2, &answer));
    expect_equal(2, answer.written);
    expect_ok(text_write(driver.text, "c\xc3", 2, &answer));
    expect_soon(screen_cells_drawn(0) == 4);
    j6_handle_t channel = screen_channel(&driver);
    screen_print(channel, "de");
    expect_soon(screen_cells_drawn(1) == 2);
    expect_ok(j6_handle_close(channel));
    screen_driver_end(&driver);
}

/* ---- channels ------------------------------------------------------------------------------- */

SYSTEM_TEST(the_framebuffers_driver_takes_channels_at_any_time)
{
    struct screen_driver driver;
    j6_handle_t channels[4];
    if (!screen_driver_start(&driver, false)) {
        return;
    }
    for (uint32_t i = 0; i < 4; i++) {
        channels[i] = screen_channel(&driver);
        screen_print(channels[i], "abc");
        expect_soon(screen_cells_drawn(i) == 3);
    }
    screen_print(channels[0], "de");
    expect_soon(screen_cells_drawn(4) == 2);
    for (uint32_t i = 0; i < 4; i++) {
        expect_ok(j6_handle_close(channels[i]));
    }
    screen_driver_end(&driver);
}

/* Also what it says is shown, though nobody sends any more. */
SYSTEM_TEST(a_channel_that_has_closed_can_be_attached)
{
    struct screen_driver driver;
    j6_handle_t channel;
    j6_handle_t receiver;
    if (!screen_driver_start(&driver, false)) {
        return;
    }
    screen_driver_rests(&driver);
    const uint64_t before = handle_count(&driver);
    screen_channel_new(&channel, &receiver);
    screen_print(channel, "abc");
    expect_ok(j6_handle_close(channel));
    expect_ok(text_attach(driver.text, receiver));
    expect_soon(screen_cells_drawn(0) == 3);
    screen_channel_new(&channel, &receiver);
    expect_ok(j6_object_close(channel));
    expect_ok(text_attach(driver.text, receiver));
    expect_ok(j6_handle_close(channel));
    expect_soon(handle_count(&driver) == before);
    screen_driver_end(&driver);
}

SYSTEM_TEST(the_framebuffers_driver_attaches_nothing_but_an_end_to_receive_from)
{
    struct screen_driver driver;
    j6_handle_t whole = j6_handle_none;
    if (!screen_driver_start(&driver, false)) {
        return;
    }
    j6_handle_t channel = screen_channel(&driver);
    screen_driver_rests(&driver);
    const uint64_t before = handle_count(&driver);
    expect_ok(j6_channel_create(0, &whole));
    expect_status(j6_err_invalid_arg, text_attach(driver.text, whole));
    expect_status(j6_err_invalid_arg, text_attach(driver.text, event_new()));
    expect_status(j6_err_invalid_arg, text_attach(driver.text, without(channel, j6_right_wait)));
    expect_status(j6_err_invalid_arg, text_attach(driver.text, j6_handle_none));
    screen_driver_rests(&driver);
    expect_equal(before, handle_count(&driver));
    expect_ok(j6_handle_close(channel));
    screen_driver_end(&driver);
}

SYSTEM_TEST(the_framebuffers_driver_has_room_for_as_many_channels_as_close)
{
    struct screen_driver driver;
    j6_handle_t channels[CHANNELS_MAX];
    j6_handle_t channel;
    j6_handle_t receiver;
    if (!screen_driver_start(&driver, false)) {
        return;
    }
    for (size_t i = 0; i < CHANNELS_MAX; i++) {
        channels[i] = screen_channel(&driver);
    }
    screen_channel_new(&channel, &receiver);
    expect_status(j6_err_quota, text_attach(driver.text, receiver));
    expect_status(j6_status_closed, j6_channel_printf(channel, "x"));
    expect_ok(j6_handle_close(channel));
    expect_ok(j6_handle_close(channels[7]));
    screen_driver_rests(&driver);
    channels[7] = screen_channel(&driver);
    screen_print(channels[7], "abc");
    expect_soon(screen_cells_drawn(0) == 3);
    for (size_t i = 0; i < CHANNELS_MAX; i++) {
        expect_ok(j6_handle_close(channels[i]));
    }
    screen_driver_end(&driver);
}

static j6_status_t attach_for(j6_handle_t text, j6_handle_t *out_channel)
{
    j6_handle_t receiver;
    screen_channel_new(out_channel, &receiver);
    return text_attach(text, receiver);
}

SYSTEM_TEST(a_client_of_the_framebuffers_driver_takes_no_channels_from_others)
{
    struct screen_driver driver;
    j6_handle_t clients[2] = {0};
    j6_handle_t channels[CHANNELS_OF_CLIENT + 1];
    j6_handle_t other;
    if (!screen_driver_start(&driver, false)) {
        return;
    }
    for (uint64_t i = 0; i < 2; i++) {
        expect_ok(j6_handle_duplicate(driver.text, j6_right_endpoint_send, i + 1, &clients[i]));
    }
    for (size_t i = 0; i < CHANNELS_OF_CLIENT; i++) {
        expect_ok(attach_for(clients[0], &channels[i]));
    }
    expect_status(j6_err_quota, attach_for(clients[0], &channels[CHANNELS_OF_CLIENT]));
    expect_ok(attach_for(clients[1], &other));
    expect_ok(j6_handle_close(channels[0]));
    screen_driver_rests(&driver);
    expect_ok(attach_for(clients[0], &channels[0]));
    for (size_t i = 0; i <= CHANNELS_OF_CLIENT; i++) {
        expect_ok(j6_handle_close(channels[i]));
    }
    expect_ok(j6_handle_close(other));
    expect_ok(j6_handle_close(clients[0]));
    expect_ok(j6_handle_close(clients[1]));
    screen_driver_end(&driver);
}

/* ---- clients that die ----------------------------------------------------------------------- */

/* One that floods the driver in that way. */
static j6_handle_t client_start(const char *mode, const struct screen_driver *driver)
{
    j6_handle_t channel = screen_channel(driver);
    const struct j6_spawn_row rows[] = {
        {"text", driver->text, j6_right_endpoint_send},
        {"stdout", channel, j6_right_channel_send},
    };
    j6_handle_t client = victim_start(mode, "0", rows, 2);
    expect_ok(j6_handle_close(channel));
    return client;
}

SYSTEM_TEST(the_framebuffers_driver_outlives_clients_that_are_killed_at_any_moment)
{
    static const char *const modes[] = {"text_attach", "text_write", "text_send"};
    struct screen_driver driver;
    if (!screen_driver_start(&driver, false)) {
        return;
    }
    j6_handle_t channel = screen_channel(&driver);
    screen_driver_rests(&driver);
    const uint64_t before = handle_count(&driver);
    for (uint64_t i = 0; i < 3 * race_rounds(4); i++) {
        j6_handle_t client = client_start(modes[i % 3], &driver);
        sleep_for(5 + i % 7);
        process_drop(client);
        expect_soon(handle_count(&driver) == before);
    }
    for (uint32_t i = 0; i < screen_rows(); i++) {
        screen_print(channel, "\n");
    }
    screen_print(channel, "abc");
    expect_soon(screen_cells_drawn(screen_rows() - 1) == 3);
    expect_ok(j6_handle_close(channel));
    screen_driver_end(&driver);
}

/* ---- its own end ---------------------------------------------------------------------------- */

static int64_t attach(void *arg)
{
    const struct screen_driver *driver = arg;
    j6_handle_t channel = screen_channel(driver);
    screen_print(channel, "abc");
    return (int64_t)j6_handle_close(channel);
}

SYSTEM_TEST(requests_wait_for_the_next_framebuffers_driver)
{
    struct screen_driver driver;
    struct j6_thread client;
    int64_t status = -1;
    if (!screen_driver_start(&driver, false)) {
        return;
    }
    screen_driver_rests(&driver);
    process_drop(driver.process);
    expect_ok(j6_thread_run(&client, attach, &driver, 4 * PAGE));
    thread_blocks(client.handle, j6_wait_send);
    driver.process = j6_handle_none;
    screen_driver_restart(&driver, false);
    expect_ok(j6_thread_join(&client, &status));
    expect_equal(0, status);
    expect_soon(screen_cells_drawn(0) == 3);
    screen_driver_end(&driver);
}

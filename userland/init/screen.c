/* SPDX-License-Identifier: MIT */
/*
 * What the driver of the screen gets: the physical range of the framebuffer and no more, the log, the
 * framebuffer's description, and an endpoint at which it takes what programs write.
 */
#include "lib/page.h"
#include "userland/init/drivers.h"
#include <proto/text.h>

/* Its description, in an area. */
static j6_status_t describe(const struct j6_framebuffer *framebuffer, j6_handle_t *out_area)
{
    j6_handle_t area;
    uint64_t len = sizeof(*framebuffer);
    j6_status_t status = j6_vma_create(PAGE_SIZE, 0, &area);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_vma_write(area, 0, framebuffer, &len);
    if (status != j6_status_ok) {
        j6_handle_close(area);
        return status;
    }
    *out_area = area;
    return j6_status_ok;
}

static j6_status_t start(const struct j6_framebuffer *framebuffer, j6_handle_t endpoint)
{
    j6_handle_t description;
    uint64_t first = page_down(framebuffer->address);
    uint64_t end = framebuffer->address + (uint64_t)framebuffer->pitch * framebuffer->height;
    j6_status_t status = describe(framebuffer, &description);
    if (status != j6_status_ok) {
        return status;
    }
    const struct driver driver = {
        .program = "framebuffer",
        .argv = {"framebuffer", j6_boot_word("log=debug") ? "log=4" : NULL},
        .ranges = {{.kind = j6_range_phys, .first = first, .count = page_up(end) - first},
                   {.kind = j6_range_log, .count = 1}},
        .range_count = 2,
        .system_rights = j6_right_wait,
        .rows = {{"framebuffer", description, j6_right_vma_read},
                 {"endpoint", endpoint, j6_right_endpoint_receive}},
        .row_count = 2,
    };
    status = driver_start(&driver);
    j6_handle_close(description);
    return status;
}

/* Our own handle can only send: the endpoint closes if the driver ends. */
static j6_status_t start_with_endpoint(const struct j6_framebuffer *framebuffer,
                                       j6_handle_t *out_text)
{
    const uint64_t rights =
        j6_right_endpoint_send | j6_right_wait | j6_right_duplicate | j6_right_transfer;
    j6_handle_t endpoint;
    j6_status_t status = j6_endpoint_create(text_write_max, 1, 0, &endpoint);
    if (status != j6_status_ok) {
        return status;
    }
    status = start(framebuffer, endpoint);
    if (status == j6_status_ok) {
        status = j6_handle_duplicate(endpoint, rights, 0, out_text);
    }
    j6_handle_close(endpoint);
    return status;
}

j6_handle_t screen_start(void)
{
    const struct j6_boot_info *boot = j6_boot_info();
    if (boot == NULL || boot->framebuffer.width == 0) {
        return j6_handle_none;
    }
    j6_handle_t text = j6_handle_none;
    j6_status_t status = start_with_endpoint(&boot->framebuffer, &text);
    j6_printf("init: driver framebuffer: %s",
              status == j6_status_ok ? "started" : j6_status_text(status));
    return text;
}

static j6_status_t attach(j6_handle_t text, j6_handle_t channel)
{
    j6_handle_t receiver;
    j6_status_t status =
        j6_handle_duplicate(channel, text_channel_rights | j6_right_transfer, 0, &receiver);
    if (status != j6_status_ok) {
        return status;
    }
    status = text_attach(text, receiver);
    if (status != j6_status_ok) {
        j6_handle_close(receiver);
    }
    return status;
}

j6_status_t screen_stdout(j6_handle_t text, j6_handle_t *out_channel)
{
    const uint64_t rights =
        j6_right_channel_send | j6_right_wait | j6_right_duplicate | j6_right_transfer;
    j6_handle_t channel;
    j6_status_t status = j6_channel_create(0, &channel);
    if (status != j6_status_ok) {
        return status;
    }
    status = attach(text, channel);
    if (status == j6_status_ok) {
        status = j6_handle_duplicate(channel, rights, 0, out_channel);
    }
    j6_handle_close(channel);
    return status;
}

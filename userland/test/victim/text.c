/* SPDX-License-Identifier: MIT */
/* Clients of a service of text (<proto/text.h>) that go on until they are killed. */
#include "userland/test/victim/victim.h"
#include <proto/text.h>

static const char TEXT[] = "text that breaks off: \xe2\x82";

/* A channel with something in it that has closed at this end. */
static j6_status_t attach(j6_handle_t service)
{
    j6_handle_t channel;
    j6_handle_t receiver;
    j6_status_t status = j6_channel_create(0, &channel);
    if (status == j6_status_ok) {
        status = j6_channel_write(channel, TEXT, sizeof(TEXT) - 1);
    }
    if (status == j6_status_ok) {
        status =
            j6_handle_duplicate(channel, text_channel_rights | j6_right_transfer, 0, &receiver);
    }
    if (status == j6_status_ok) {
        status = text_attach(service, receiver);
        j6_handle_close(channel);
    }
    return status == j6_err_quota ? j6_status_ok : status;
}

int64_t mode_text_attach(int64_t argument)
{
    (void)argument;
    while (attach(j6_find("text")) == j6_status_ok) {}
    return 1;
}

int64_t mode_text_write(int64_t argument)
{
    struct text_write_answer answer;
    (void)argument;
    while (text_write(j6_find("text"), TEXT, sizeof(TEXT) - 1, &answer) == j6_status_ok) {}
    return 1;
}

int64_t mode_text_send(int64_t argument)
{
    (void)argument;
    while (j6_channel_write(j6_find("stdout"), TEXT, sizeof(TEXT) - 1) == j6_status_ok) {}
    return 1;
}

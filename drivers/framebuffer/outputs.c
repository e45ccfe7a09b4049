/* SPDX-License-Identifier: MIT */
/* Text from channels. */
#include "drivers/framebuffer/outputs.h"
#include <proto/text.h>

enum { RECEIVE_MAX = 4096 };

static void detach(struct output *output)
{
    terminal_end(output->terminal, &output->utf8, j6_log_output);
    terminal_leave(output->terminal, output);
    j6_handle_close(output->watch.object);
    output->watch.object = j6_handle_none;
}

/* Takes what has come, up to some length: then others have their turn. */
static void show(void *context, uint64_t signals)
{
    static char text[RECEIVE_MAX];
    struct output *output = context;
    uint64_t len = sizeof(text);
    terminal_begin(output->terminal, output);
    if (j6_channel_receive(output->watch.object, &len, text, j6_deadline_poll) == j6_status_ok) {
        terminal_write(output->terminal, &output->utf8, j6_log_output, text, len);
    }
    if ((signals & j6_signal_closed) != 0) {
        detach(output);
    }
}

/* NULL: there is none for that client. */
static struct output *find_free(struct outputs *outputs, uint64_t client)
{
    struct output *free = NULL;
    size_t count = 0;
    for (size_t i = 0; i < OUTPUTS_MAX; i++) {
        struct output *output = &outputs->slots[i];
        if (output->watch.object == j6_handle_none) {
            free = output;
        } else {
            count += output->client == client;
        }
    }
    return client == 0 || count < OUTPUTS_OF_CLIENT ? free : NULL;
}

/* One that can send would keep its own channel open for ever. */
static bool is_usable(j6_handle_t channel)
{
    uint64_t rights = j6_handle_rights(channel);
    return j6_handle_type(channel) == j6_type_channel &&
           (rights & text_channel_rights) == text_channel_rights &&
           (rights & j6_right_channel_send) == 0;
}

j6_status_t outputs_attach(struct outputs *outputs, struct driver *driver,
                           struct terminal *terminal, uint64_t client, j6_handle_t channel)
{
    struct output *output = find_free(outputs, client);
    if (!is_usable(channel)) {
        return j6_err_invalid_arg;
    }
    if (output == NULL) {
        return j6_err_quota;
    }
    *output = (struct output){
        .watch = {.object = channel,
                  .mask = j6_signal_channel_can_recv | j6_signal_closed,
                  .serve = show,
                  .context = output},
        .terminal = terminal,
        .client = client,
    };
    j6_status_t status = driver_watch(driver, &output->watch);
    if (status != j6_status_ok) {
        output->watch.object = j6_handle_none;
    }
    return status;
}

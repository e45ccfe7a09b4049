/* SPDX-License-Identifier: MIT */
#include "userland/init/texts.h"
#include "lib/string.h"
#include "userland/init/grant_handle.h"
#include "userland/init/names.h"
#include "userland/init/report.h"
#include <proto/text.h>

/* Like text_attach, but that nobody waits for ever. */
static j6_status_t show(const struct service_text *text, j6_handle_t endpoint)
{
    j6_handle_t receiver;
    j6_status_t status =
        j6_handle_duplicate(text->channel, text_channel_rights | j6_right_transfer, 0, &receiver);
    if (status != j6_status_ok) {
        return status;
    }
    const struct j6_ask ask = {.code = text_code_attach, .handle = receiver};
    status = grant_ask(endpoint, &ask);
    if (status != j6_status_ok) {
        j6_handle_close(receiver);
    }
    return status;
}

j6_status_t texts_create(struct service *service, const char *name, j6_handle_t *out_handle)
{
    size_t i = 0;
    while (i < SERVICE_TEXTS_MAX && service->texts[i].channel != 0) {
        i++;
    }
    if (i == SERVICE_TEXTS_MAX) {
        return j6_err_quota;
    }
    struct service_text text = {.name = name};
    j6_status_t status = j6_channel_create(0, &text.channel);
    if (status != j6_status_ok) {
        return status;
    }
    status = show(&text, names_find(text.name));
    if (status == j6_status_ok) {
        service->texts[i].name = text.name;
        status = j6_handle_duplicate(text.channel, text_channel_rights | GRANTED, 0,
                                     &service->texts[i].channel);
    }
    if (status == j6_status_ok) {
        status = j6_handle_duplicate(text.channel, GRANTED | j6_right_channel_send, 0, out_handle);
    }
    j6_handle_close(text.channel);
    return status;
}

static void show_again(const struct service *service, const struct service_text *text,
                       j6_handle_t endpoint)
{
    j6_status_t status = show(text, endpoint);
    if (status != j6_status_ok) {
        report_warning("%s shows nothing of %s: %s", text->name, service->entry->name,
                       j6_status_text(status));
    }
}

void texts_show(const char *const *names, j6_handle_t endpoint)
{
    for (size_t i = 0; i < service_count && names != NULL; i++) {
        for (size_t k = 0; k < SERVICE_TEXTS_MAX; k++) {
            const struct service_text *text = &services[i].texts[k];
            for (size_t n = 0; text->channel != 0 && names[n] != NULL; n++) {
                if (string_equal(text->name, names[n])) {
                    show_again(&services[i], text, endpoint);
                }
            }
        }
    }
}

void texts_close(struct service *service)
{
    for (size_t i = 0; i < SERVICE_TEXTS_MAX; i++) {
        if (service->texts[i].channel != 0) {
            j6_handle_close(service->texts[i].channel);
            service->texts[i].channel = 0;
        }
    }
}

/* SPDX-License-Identifier: MIT */
#include "userland/init/texts.h"
#include "lib/string.h"
#include "userland/init/asking.h"
#include "userland/init/grant_handle.h"
#include "userland/init/manifest_words.h"
#include "userland/init/names.h"
#include "userland/init/report.h"
#include <proto/text.h>

/* One that has closed is asked again in its next life. */
static void shown(struct service *service, j6_status_t status, j6_handle_t none)
{
    (void)none;
    if (status != j6_status_ok && status != j6_status_closed) {
        report_warning("what %s prints isn't shown: %s", service->entry->name,
                       j6_status_text(status));
    }
}

/* Like text_attach. */
static void show(struct service *service, const struct service_text *text, j6_handle_t endpoint)
{
    j6_handle_t receiver;
    j6_status_t status =
        j6_handle_duplicate(text->channel, text_channel_rights | j6_right_transfer, 0, &receiver);
    if (status == j6_status_ok) {
        const struct j6_ask ask = {.code = text_code_attach, .handle = receiver};
        asking_begin(service, endpoint, &ask, false, shown);
    } else {
        shown(service, status, 0);
    }
}

j6_status_t texts_create(struct service *service, const char *name, j6_handle_t *out_handle)
{
    size_t i = 0;
    while (i < SERVICE_TEXTS_MAX && service->texts[i].channel != 0) {
        i++;
    }
    if (i == SERVICE_TEXTS_MAX) {
        return j6_err_out_of_range;
    }
    j6_handle_t channel;
    j6_status_t status = j6_channel_create(0, &channel);
    if (status != j6_status_ok) {
        return status;
    }
    struct service_text *text = &service->texts[i];
    *text = (struct service_text){.name = name};
    status = j6_handle_duplicate(channel, text_channel_rights | GRANTED, 0, &text->channel);
    if (status == j6_status_ok) {
        status = j6_handle_duplicate(channel, GRANTED | j6_right_channel_send, 0, out_handle);
    }
    j6_handle_close(channel);
    return status;
}

void texts_ask(struct service *service)
{
    for (size_t i = 0; i < SERVICE_TEXTS_MAX && !asking_is_busy(service); i++) {
        struct service_text *text = &service->texts[i];
        j6_handle_t endpoint = text->channel != 0 && !text->asked ? names_find(text->name) : 0;
        if (endpoint != 0) {
            text->asked = true;
            show(service, text, endpoint);
        }
    }
}

void texts_served(const char *const *names)
{
    for (size_t i = 0; i < service_count; i++) {
        for (size_t k = 0; k < SERVICE_TEXTS_MAX; k++) {
            struct service_text *text = &services[i].texts[k];
            if (text->channel != 0 && manifest_has_word(names, text->name)) {
                text->asked = false;
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

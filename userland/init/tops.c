/* SPDX-License-Identifier: MIT */
#include "userland/init/tops.h"
#include "lib/format.h"
#include "lib/string.h"
#include "userland/init/names.h"
#include <proto/files.h>

static const struct manifest_handle *find_line(const struct service *service, size_t nth)
{
    const struct manifest_entry *entry = service->entry;
    for (size_t i = 0; i < entry->handle_count; i++) {
        if (entry->handles[i].kind == manifest_files && nth-- == 0) {
            return &entry->handles[i];
        }
    }
    return NULL;
}

const struct manifest_handle *tops_line(const struct service *service)
{
    return find_line(service, 0);
}

void tops_ask_for(struct service *service, const struct manifest_handle *line, j6_handle_t files,
                  asking_done *done)
{
    const struct files_request request = {
        .flags = line->read_only ? files_client_read_only : 0,
        .value = line->open,
        .bytes = line->bytes,
    };
    const struct j6_ask ask = {.code = files_code_client,
                               .fields = &request,
                               .size = sizeof(request),
                               .data = (void *)line->words[0],
                               .len = strlen(line->words[0])};
    asking_begin(service, files, &ask, true, done);
}

/* ---- of a life that begins ------------------------------------------------------------------- */

static void took(struct service *service, j6_status_t status, j6_handle_t top)
{
    bool wanted = service_is_asking(service) && service->question.life == service->starts;
    if (status == j6_status_ok && wanted) {
        service->tops[service->top_count++] = top;
    } else if (status == j6_status_ok) {
        j6_handle_close(top);
    } else if (wanted) {
        format(service->detail, sizeof(service->detail), "the handle %s can't be had: %s",
               find_line(service, service->top_count)->role, j6_status_text(status));
        service_start_failed(service, status);
    }
}

bool tops_ask(struct service *service)
{
    size_t count = service->top_count;
    const struct manifest_handle *line =
        count < SERVICE_TOPS_MAX ? find_line(service, count) : NULL;
    if (line == NULL) {
        return false;
    }
    j6_handle_t files = names_find("files");
    if (files != 0) {
        tops_ask_for(service, line, files, took);
    } else {
        service_start_failed(service, j6_status_closed);
    }
    return true;
}

j6_handle_t tops_take(struct service *service)
{
    for (size_t i = 0; i < service->top_count; i++) {
        j6_handle_t top = service->tops[i];
        if (top != 0) {
            service->tops[i] = 0;
            return top;
        }
    }
    return 0;
}

void tops_drop(struct service *service)
{
    for (j6_handle_t top; (top = tops_take(service)) != 0;) {
        j6_handle_close(top);
    }
    service->top_count = 0;
}

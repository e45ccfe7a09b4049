/* SPDX-License-Identifier: MIT */
/* A function for each kind of handle. */
#include "userland/init/grant_handle.h"
#include "lib/page.h"
#include "lib/string.h"
#include "userland/init/client.h"
#include "userland/init/inputs.h"
#include "userland/init/names.h"
#include "userland/init/texts.h"
#include "userland/init/tops.h"
#include <proto/names.h>

static const uint64_t MODULE_RIGHTS =
    j6_right_duplicate | j6_right_transfer | j6_right_vma_map | j6_right_vma_read;

bool grant_has_framebuffer(void)
{
    return inputs_framebuffer() != NULL;
}

static struct j6_range framebuffer_range(void)
{
    const struct j6_framebuffer *framebuffer = inputs_framebuffer();
    struct j6_range range = {.kind = j6_range_phys};
    if (framebuffer != NULL) {
        uint64_t end = framebuffer->address + (uint64_t)framebuffer->pitch * framebuffer->height;
        range.first = page_down(framebuffer->address);
        range.count = page_up(end) - range.first;
    }
    return range;
}

static j6_status_t make_system(const struct manifest_handle *line, j6_handle_t *out_handle)
{
    struct j6_range ranges[MANIFEST_LINE_WORDS_MAX];
    for (size_t i = 0; i < line->range_count; i++) {
        bool framebuffer = line->ranges[i].kind == MANIFEST_RANGE_FRAMEBUFFER;
        ranges[i] = framebuffer ? framebuffer_range() : line->ranges[i];
    }
    return j6_system_restrict(j6_find("system"), ranges, line->range_count, out_handle);
}

static j6_status_t make_service(const struct service *service, const struct manifest_handle *line,
                                j6_handle_t *out_handle)
{
    return client_give(service, names_find(line->words[0]), out_handle);
}

static j6_status_t make_files(struct service *service, j6_handle_t *out_handle)
{
    *out_handle = tops_take(service);
    return *out_handle != 0 ? j6_status_ok : j6_err_out_of_range;
}

static j6_status_t make_framebuffer(j6_handle_t *out_handle)
{
    const struct j6_framebuffer *framebuffer = inputs_framebuffer();
    uint64_t len = sizeof(*framebuffer);
    j6_status_t status =
        framebuffer != NULL ? j6_vma_create(PAGE_SIZE, 0, out_handle) : j6_err_not_found;
    if (status == j6_status_ok) {
        status = j6_vma_write(*out_handle, 0, framebuffer, &len);
        if (status != j6_status_ok) {
            j6_handle_close(*out_handle);
        }
    }
    return status;
}

/* The first life's, which goes on as long as init does. */
static j6_status_t make_memory(struct service *service, const struct manifest_handle *line,
                               j6_handle_t *out_handle)
{
    if (service->memory == 0) {
        j6_status_t status = j6_vma_create(line->pages * PAGE_SIZE, 0, &service->memory);
        if (status != j6_status_ok) {
            return status;
        }
    }
    return j6_handle_duplicate(service->memory, j6_handle_rights(service->memory), 0, out_handle);
}

static j6_status_t make_module(const struct manifest_handle *line, j6_handle_t *out_handle)
{
    j6_handle_t module = inputs_module(line->words[0]);
    return module == 0 ? j6_err_not_found
                       : j6_handle_duplicate(module, MODULE_RIGHTS, 0, out_handle);
}

j6_status_t grant_handle(struct service *service, const struct manifest_handle *line,
                         j6_handle_t *out_handle, uint64_t *out_rights)
{
    size_t index = (size_t)(line - service->entry->handles);
    switch (line->kind) {
    case manifest_system:
        *out_rights = GRANTED | j6_right_info | j6_right_system_restrict;
        return make_system(line, out_handle);
    case manifest_service:
        *out_rights = names_rights;
        return make_service(service, line, out_handle);
    case manifest_text:
        *out_rights = GRANTED | j6_right_channel_send;
        return texts_create(service, line->words[0], out_handle);
    case manifest_files: *out_rights = names_rights; return make_files(service, out_handle);
    case manifest_names:
    case manifest_services:
        *out_rights = names_rights;
        return client_create(service, index, out_handle);
    case manifest_module: *out_rights = MODULE_RIGHTS; return make_module(line, out_handle);
    case manifest_file:
        *out_rights = GRANTED | j6_right_vma_map | j6_right_vma_read | j6_right_vma_exec;
        return inputs_file(line->words[0], out_handle);
    case manifest_memory:
        *out_rights = GRANTED | j6_right_vma_map | j6_right_vma_read | j6_right_vma_write;
        return make_memory(service, line, out_handle);
    case manifest_framebuffer:
        *out_rights = GRANTED | j6_right_vma_map | j6_right_vma_read;
        return make_framebuffer(out_handle);
    }
    return j6_err_unexpected;
}

const char *grant_needs(const struct manifest_handle *line)
{
    switch (line->kind) {
    case manifest_service:
    case manifest_text: return line->words[0];
    case manifest_files: return "files";
    default: return NULL;
    }
}

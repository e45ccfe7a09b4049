/* SPDX-License-Identifier: MIT */
/* Lines `handle` of the manifest into rows of a start table, and these into a process. */
#include "userland/init/grant.h"
#include "lib/format.h"
#include "lib/page.h"
#include "lib/string.h"
#include "userland/init/inputs.h"
#include "userland/init/manager.h"
#include "userland/init/names.h"
#include "userland/init/report.h"
#include <proto/files.h>
#include <proto/names.h>
#include <proto/text.h>

enum { NO_PROGRAM = -1 };

static const char FILES[] = "files";
static const j6_time_t ANSWERED_WITHIN = 1000000000; /* 1 s */

static const uint64_t GIVEN = j6_right_duplicate | j6_right_transfer | j6_right_wait;
static const uint64_t MODULE_RIGHTS =
    j6_right_duplicate | j6_right_transfer | j6_right_vma_map | j6_right_vma_read;

/* ---- each kind: makes a handle that is closed when it has been given -------------------------- */

bool grant_has_framebuffer(void)
{
    return inputs_framebuffer() != NULL;
}

bool grant_has_program(const struct service *service)
{
    j6_handle_t file;
    return inputs_file(service->entry->program, &file) == j6_status_ok &&
           j6_handle_close(file) == j6_status_ok;
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

static j6_status_t make_service(const struct manifest_handle *line, j6_handle_t *out_handle)
{
    return j6_handle_duplicate(names_find(line->words[0]), names_rights, 0, out_handle);
}

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
    status = j6_ask(endpoint, &ask, manager_now() + ANSWERED_WITHIN);
    if (status != j6_status_ok) {
        j6_handle_close(receiver);
    }
    return status;
}

static j6_status_t make_text(struct service *service, const struct manifest_handle *line,
                             j6_handle_t *out_handle)
{
    size_t i = 0;
    while (i < SERVICE_TEXTS_MAX && service->texts[i].channel != 0) {
        i++;
    }
    if (i == SERVICE_TEXTS_MAX) {
        return j6_err_quota;
    }
    struct service_text text = {.name = line->words[0]};
    j6_status_t status = j6_channel_create(0, &text.channel);
    if (status != j6_status_ok) {
        return status;
    }
    status = show(&text, names_find(text.name));
    if (status == j6_status_ok) {
        status = j6_handle_duplicate(text.channel, GIVEN | j6_right_channel_send, 0, out_handle);
    }
    if (status == j6_status_ok) {
        status = j6_handle_duplicate(text.channel, text_channel_rights | GIVEN, 0,
                                     &service->texts[i].channel);
        service->texts[i].name = text.name;
    }
    j6_handle_close(text.channel);
    return status;
}

j6_status_t grant_files(const struct manifest_handle *line, j6_handle_t *out_top)
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
                               .len = strlen(line->words[0]),
                               .out_handle = out_top};
    return j6_ask(names_find(FILES), &ask, manager_now() + ANSWERED_WITHIN);
}

static j6_status_t make_framebuffer(j6_handle_t *out_handle)
{
    const struct j6_framebuffer *framebuffer = inputs_framebuffer();
    uint64_t len = sizeof(*framebuffer);
    j6_status_t status =
        framebuffer != NULL ? j6_vma_create(PAGE_SIZE, 0, out_handle) : j6_err_not_found;
    return status == j6_status_ok ? j6_vma_write(*out_handle, 0, framebuffer, &len) : status;
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

/* The handle and its rights. */
static j6_status_t make(struct service *service, const struct manifest_handle *line,
                        j6_handle_t *out_handle, uint64_t *out_rights)
{
    size_t index = (size_t)(line - service->entry->handles);
    switch (line->kind) {
    case manifest_system:
        *out_rights = GIVEN | j6_right_info | j6_right_system_restrict;
        return make_system(line, out_handle);
    case manifest_service: *out_rights = names_rights; return make_service(line, out_handle);
    case manifest_text:
        *out_rights = GIVEN | j6_right_channel_send;
        return make_text(service, line, out_handle);
    case manifest_files: *out_rights = names_rights; return grant_files(line, out_handle);
    case manifest_names:
    case manifest_services:
        *out_rights = names_rights;
        return manager_client(service, index, out_handle);
    case manifest_module: *out_rights = MODULE_RIGHTS; return make_module(line, out_handle);
    case manifest_file:
        *out_rights = GIVEN | j6_right_vma_map | j6_right_vma_read | j6_right_vma_exec;
        return inputs_file(line->words[0], out_handle);
    case manifest_memory:
        *out_rights = GIVEN | j6_right_vma_map | j6_right_vma_read | j6_right_vma_write;
        return make_memory(service, line, out_handle);
    case manifest_framebuffer:
        *out_rights = GIVEN | j6_right_vma_map | j6_right_vma_read;
        return make_framebuffer(out_handle);
    }
    return j6_err_unexpected;
}

/* ---- the process ----------------------------------------------------------------------------- */

struct rows {
    struct j6_spawn_row rows[1 + MANIFEST_SERVICE_HANDLES_MAX];
    size_t count;
};

static void close_rows(const struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        j6_handle_close(rows->rows[i].handle);
    }
}

/* The first row; its handle receives, and is kept beside it by a service whose endpoint outlives it. */
static j6_status_t make_endpoint(struct service *service, struct rows *rows)
{
    const struct manifest_entry *entry = service->entry;
    struct j6_spawn_row *row = &rows->rows[0];
    j6_status_t status = j6_status_ok;
    if (service->receiver != 0) {
        status = j6_handle_duplicate(service->receiver, j6_handle_rights(service->receiver), 0,
                                     &row->handle);
    } else {
        status =
            j6_endpoint_create(entry->endpoint_bytes, entry->endpoint_handles, 0, &row->handle);
    }
    if (status != j6_status_ok) {
        return status;
    }
    row->role = "endpoint";
    row->rights =
        entry->makes_badges ? j6_handle_rights(row->handle) : GIVEN | j6_right_endpoint_receive;
    rows->count = 1;
    if (service->endpoint == 0) {
        status =
            j6_handle_duplicate(row->handle, names_rights | j6_right_close, 0, &service->endpoint);
    }
    if (status == j6_status_ok && entry->keeps_endpoint && service->receiver == 0) {
        status =
            j6_handle_duplicate(row->handle, j6_handle_rights(row->handle), 0, &service->receiver);
    }
    return status;
}

static j6_status_t make_rows(struct service *service, struct rows *rows)
{
    const struct manifest_entry *entry = service->entry;
    j6_status_t status = entry->has_endpoint ? make_endpoint(service, rows) : j6_status_ok;
    for (size_t i = 0; i < entry->handle_count && status == j6_status_ok; i++) {
        struct j6_spawn_row *row = &rows->rows[rows->count];
        row->role = entry->handles[i].role;
        status = make(service, &entry->handles[i], &row->handle, &row->rights);
        if (status == j6_status_ok) {
            rows->count++;
        } else {
            format(service->detail, sizeof(service->detail), "the handle %s can't be had: %s",
                   row->role, j6_status_text(status));
        }
    }
    return status;
}

/* With what the kernel's command line adds. */
static void make_argv(const struct manifest_entry *entry, const char **argv)
{
    size_t count = 0;
    for (const char **word = entry->argv; *word != NULL; word++) {
        argv[count++] = *word;
    }
    if (entry->when != NULL && j6_boot_word(entry->when[0])) {
        for (const char **word = entry->when + 1; *word != NULL; word++) {
            argv[count++] = *word;
        }
    }
    argv[count] = NULL;
}

static j6_status_t run(struct service *service, j6_handle_t elf, const struct rows *rows)
{
    const struct manifest_entry *entry = service->entry;
    const char *argv[2 * MANIFEST_LINE_WORDS_MAX + 1];
    const struct j6_program program = {.elf = elf,
                                       .name = entry->name,
                                       .argv = argv,
                                       .rows = rows->rows,
                                       .row_count = rows->count};
    j6_handle_t process;
    make_argv(entry, argv);
    j6_status_t status = j6_process_create(entry->name, strlen(entry->name),
                                           entry->has_limits ? &entry->limits : NULL, 0, &process);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_start_program(process, &program);
    if (status != j6_status_ok) {
        j6_process_kill(process, NO_PROGRAM);
        j6_handle_close(process);
        return status;
    }
    service->process = process;
    j6_object_koid(process, &service->koid);
    return j6_status_ok;
}

/* Nobody else will ever have seen them. */
static void take_back(struct service *service)
{
    if (service->receiver == 0 && service->endpoint != 0) {
        j6_handle_close(service->endpoint);
        service->endpoint = 0;
    }
    for (size_t i = 0; i < SERVICE_TEXTS_MAX; i++) {
        if (service->texts[i].channel != 0) {
            j6_handle_close(service->texts[i].channel);
            service->texts[i].channel = 0;
        }
    }
}

j6_status_t grant_start(struct service *service)
{
    struct rows rows = {.count = 0};
    j6_handle_t elf;
    j6_status_t status = inputs_file(service->entry->program, &elf);
    if (status != j6_status_ok) {
        format(service->detail, sizeof(service->detail), "there is no program %s",
               service->entry->program);
        return status;
    }
    status = make_rows(service, &rows);
    if (status == j6_status_ok) {
        status = run(service, elf, &rows);
        format(service->detail, sizeof(service->detail), "%s can't be started: %s",
               service->entry->program, j6_status_text(status));
    }
    close_rows(&rows);
    j6_handle_close(elf);
    if (status != j6_status_ok) {
        take_back(service);
    }
    return status;
}

/* ---- what it depends on ---------------------------------------------------------------------- */

/* The name that a handle needs to be served; NULL: none. */
static const char *needed_name(const struct manifest_handle *line)
{
    switch (line->kind) {
    case manifest_service:
    case manifest_text: return line->words[0];
    case manifest_files: return FILES;
    default: return NULL;
    }
}

bool grant_is_possible(const struct service *service, const char **out_name)
{
    const struct manifest_entry *entry = service->entry;
    for (const char **name = entry->after; name != NULL && *name != NULL; name++) {
        if (names_find(*name) == 0) {
            *out_name = *name;
            return false;
        }
    }
    for (size_t i = 0; i < entry->handle_count; i++) {
        const char *name = needed_name(&entry->handles[i]);
        if (name != NULL && names_find(name) == 0) {
            *out_name = name;
            return false;
        }
    }
    return true;
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

void grant_show_texts(const char *const *names, j6_handle_t endpoint)
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

/* SPDX-License-Identifier: MIT */
/* Handles into the rows of a start table, and these into a process. */
#include "userland/init/grant.h"
#include "lib/format.h"
#include "lib/string.h"
#include "userland/init/grant_handle.h"
#include "userland/init/inputs.h"
#include "userland/init/names.h"
#include "userland/init/texts.h"
#include <proto/names.h>

enum { NO_PROGRAM = -1 };

bool grant_has_program(const struct service *service)
{
    j6_handle_t file;
    return inputs_file(service->entry->program, &file) == j6_status_ok &&
           j6_handle_close(file) == j6_status_ok;
}

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
        entry->makes_badges ? j6_handle_rights(row->handle) : GRANTED | j6_right_endpoint_receive;
    rows->count = 1;
    if (service->endpoint == 0) {
        uint64_t badge = entry->makes_badges ? 0 : j6_right_endpoint_badge;
        status = j6_handle_duplicate(row->handle, names_rights | j6_right_close | badge, 0,
                                     &service->endpoint);
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
        status = grant_handle(service, &entry->handles[i], &row->handle, &row->rights);
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
    texts_close(service);
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
        const char *name = grant_needs(&entry->handles[i]);
        if (name != NULL && names_find(name) == 0) {
            *out_name = name;
            return false;
        }
    }
    return true;
}

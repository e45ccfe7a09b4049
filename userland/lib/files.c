/* SPDX-License-Identifier: MIT */
/* The client's side of <proto/files.h>: requests are filled in and asked. */
#include "lib/string.h"
#include "userland/proto/files.h"

/* Asks something of what the path names. */
static j6_status_t ask(j6_handle_t at, enum files_code code, const char *path,
                       const struct files_request *request, void *answer, size_t answer_size,
                       j6_handle_t *out_handle)
{
    const struct j6_ask asked = {.code = code,
                                 .fields = request,
                                 .size = sizeof(*request),
                                 .answer = answer,
                                 .answer_size = answer_size,
                                 .data = (void *)path,
                                 .len = strlen(path),
                                 .out_handle = out_handle};
    return j6_ask(at, &asked, j6_deadline_never);
}

j6_status_t files_client(j6_handle_t directory, const char *path, uint64_t flags, uint64_t open,
                         uint64_t bytes, j6_handle_t *out_top)
{
    const struct files_request request = {flags, open, bytes};
    return ask(directory, files_code_client, path, &request, NULL, 0, out_top);
}

j6_status_t files_open(j6_handle_t directory, const char *path, uint64_t flags, uint64_t mode,
                       struct files_stat *out_stat, j6_handle_t *out_open)
{
    const struct files_request request = {flags, mode, 0};
    return ask(directory, files_code_open, path, &request, out_stat, sizeof(*out_stat), out_open);
}

j6_status_t files_read(j6_handle_t file, uint64_t offset, void *buf, size_t len, size_t *out_len)
{
    const struct files_read_request request = {offset, len};
    const struct j6_ask asked = {.code = files_code_read,
                                 .fields = &request,
                                 .size = sizeof(request),
                                 .data = buf,
                                 .cap = len,
                                 .out_len = out_len};
    return j6_ask(file, &asked, j6_deadline_never);
}

j6_status_t files_write(j6_handle_t file, uint64_t offset, const void *bytes, size_t len,
                        struct files_write_answer *out_answer)
{
    const struct j6_ask asked = {.code = files_code_write,
                                 .fields = &offset,
                                 .size = sizeof(offset),
                                 .data = (void *)bytes,
                                 .len = len,
                                 .answer = out_answer,
                                 .answer_size = sizeof(*out_answer)};
    return j6_ask(file, &asked, j6_deadline_never);
}

j6_status_t files_map(j6_handle_t at, const char *path, uint64_t flags,
                      struct files_map_answer *out_answer, j6_handle_t *out_area)
{
    const struct files_request request = {flags, 0, 0};
    return ask(at, files_code_map, path, &request, out_answer, sizeof(*out_answer), out_area);
}

j6_status_t files_truncate(j6_handle_t at, const char *path, uint64_t size)
{
    const struct files_request request = {0, size, 0};
    return ask(at, files_code_truncate, path, &request, NULL, 0, NULL);
}

j6_status_t files_stat(j6_handle_t at, const char *path, uint64_t flags,
                       struct files_stat *out_stat)
{
    const struct files_request request = {flags, 0, 0};
    return ask(at, files_code_stat, path, &request, out_stat, sizeof(*out_stat), NULL);
}

j6_status_t files_list(j6_handle_t directory, uint64_t cursor, void *buf, size_t cap,
                       size_t *out_len, struct files_list_answer *out_answer)
{
    const struct files_list_request request = {cursor, cap};
    const struct j6_ask asked = {.code = files_code_list,
                                 .fields = &request,
                                 .size = sizeof(request),
                                 .answer = out_answer,
                                 .answer_size = sizeof(*out_answer),
                                 .data = buf,
                                 .cap = cap,
                                 .out_len = out_len};
    return j6_ask(directory, &asked, j6_deadline_never);
}

j6_status_t files_read_link(j6_handle_t directory, char *buf, size_t path_len, size_t *out_len)
{
    const struct j6_ask asked = {.code = files_code_read_link,
                                 .data = buf,
                                 .len = path_len,
                                 .cap = files_path_max,
                                 .out_len = out_len};
    return j6_ask(directory, &asked, j6_deadline_never);
}

j6_status_t files_space(j6_handle_t at, struct files_space *out_space)
{
    const struct j6_ask asked = {
        .code = files_code_space, .answer = out_space, .answer_size = sizeof(*out_space)};
    return j6_ask(at, &asked, j6_deadline_never);
}

j6_status_t files_make_directory(j6_handle_t directory, const char *path)
{
    const struct files_request request = {0, 0, 0};
    return ask(directory, files_code_make_directory, path, &request, NULL, 0, NULL);
}

j6_status_t files_remove(j6_handle_t directory, const char *path, uint64_t flags)
{
    const struct files_request request = {flags, 0, 0};
    return ask(directory, files_code_remove, path, &request, NULL, 0, NULL);
}

/* Two paths: the value tells where the first one ends. */
static j6_status_t ask_two(j6_handle_t directory, enum files_code code, uint64_t flags,
                           const char *first, const char *second)
{
    char both[2 * files_path_max];
    size_t first_len = strlen(first);
    size_t second_len = strlen(second);
    const struct files_request request = {flags, first_len, 0};
    const struct j6_ask asked = {.code = code,
                                 .fields = &request,
                                 .size = sizeof(request),
                                 .data = both,
                                 .len = first_len + second_len};
    if (first_len > files_path_max || second_len > files_path_max) {
        return j6_err_out_of_range;
    }
    memcpy(both, first, first_len);
    memcpy(both + first_len, second, second_len);
    return j6_ask(directory, &asked, j6_deadline_never);
}

j6_status_t files_make_link(j6_handle_t directory, const char *target, const char *path)
{
    return ask_two(directory, files_code_make_link, 0, target, path);
}

j6_status_t files_rename(j6_handle_t directory, const char *from, const char *to, uint64_t flags)
{
    return ask_two(directory, files_code_rename, flags, from, to);
}

j6_status_t files_set_modified(j6_handle_t at, const char *path, uint64_t flags, uint64_t modified)
{
    const struct files_request request = {flags, modified, 0};
    return ask(at, files_code_set_modified, path, &request, NULL, 0, NULL);
}

j6_status_t files_set_mode(j6_handle_t at, const char *path, uint64_t mode)
{
    const struct files_request request = {0, mode, 0};
    return ask(at, files_code_set_mode, path, &request, NULL, 0, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * The file service (<proto/files.h>), at the endpoint with the role `endpoint`. It begins with what
 * the boot archive in the area with the role `archive` holds, if there is one, and keeps everything
 * else in its memory. It ends when the endpoint closes.
 *   usage: files [OPEN [BYTES]]    limits for all clients together
 * Exit code 1: it couldn't begin, 2: the archive is damaged.
 */
#include "userland/bin/files/boot.h"
#include "userland/bin/files/serve.h"
#include "userland/bin/files/text.h"
#include <j6/j6.h>
#include <proto/text.h>

enum {
    PATHS_MAX = j6_data_max, /* longer ones than there may be are out_of_range, as the path says */
    STACK_MAX = 32768,
};

static const struct j6_method methods[] = {
    {.code = files_code_client, .max = PATHS_MAX, .serve = serve_client},
    {.code = files_code_open, .max = PATHS_MAX, .serve = serve_open},
    {.code = files_code_read, .serve = serve_read},
    {.code = files_code_write, .max = files_data_max, .serve = serve_write},
    {.code = files_code_stat, .max = PATHS_MAX, .serve = serve_stat},
    {.code = files_code_list, .serve = serve_list},
    {.code = files_code_map, .max = PATHS_MAX, .serve = serve_map},
    {.code = files_code_truncate, .max = PATHS_MAX, .serve = serve_truncate},
    {.code = files_code_set_modified, .max = PATHS_MAX, .serve = serve_set_modified},
    {.code = files_code_set_mode, .max = PATHS_MAX, .serve = serve_set_mode},
    {.code = files_code_make_directory, .max = PATHS_MAX, .serve = serve_make_directory},
    {.code = files_code_make_link, .max = PATHS_MAX, .serve = serve_make_link},
    {.code = files_code_read_link, .max = PATHS_MAX, .serve = serve_read_link},
    {.code = files_code_remove, .max = PATHS_MAX, .serve = serve_remove},
    {.code = files_code_rename, .max = PATHS_MAX, .serve = serve_rename},
    {.code = files_code_space, .serve = serve_space},
    {.code = text_code_write, .max = text_write_max, .serve = serve_text},
};

/* Nobody has a handle to that any more. */
static void notice(const struct j6_server *server, const struct j6_call *call)
{
    (void)server;
    if (call->tag == j6_tag_badge_gone) {
        open_end(call->badge);
    }
}

static uint64_t limit(const char *word)
{
    uint64_t number = 0;
    for (; word != NULL && *word >= '0' && *word <= '9'; word++) {
        number = number * 10 + (uint64_t)(*word - '0');
    }
    return word == NULL ? files_no_limit : number;
}

static j6_status_t begin(uint64_t open_limit, uint64_t bytes_limit)
{
    struct client *first;
    struct node *root;
    j6_handle_t archive = j6_find("archive");
    j6_status_t status = text_init();
    if (status == j6_status_ok) {
        status = node_init();
    }
    if (status == j6_status_ok) {
        status = tree_init(&root);
    }
    if (status == j6_status_ok) {
        status = client_init(root, open_limit, bytes_limit, &first);
    }
    if (status == j6_status_ok) {
        status = open_init(root, first);
    }
    return status == j6_status_ok && archive != 0 ? boot_fill(root, archive) : status;
}

/* Brings the pages in that the deepest of calls needs: later there may be no memory for them. */
static void use_stack(void)
{
    volatile char room[STACK_MAX];
    for (size_t i = 0; i < sizeof(room); i += j6_page_size) {
        room[i] = 0;
    }
}

int main(int argc, char **argv)
{
    const struct j6_server server = {
        .endpoint = j6_find("endpoint"),
        .methods = methods,
        .count = sizeof(methods) / sizeof(methods[0]),
        .notice = notice,
        .keeps_memory = true,
    };
    use_stack();
    j6_status_t status = begin(limit(argc > 1 ? argv[1] : NULL), limit(argc > 2 ? argv[2] : NULL));
    if (status == j6_status_ok) {
        status = j6_serve(&server);
    }
    if (status != j6_status_closed) {
        j6_printf("files: %s", j6_status_text(status));
    }
    return status == j6_status_closed ? 0 : status == j6_err_invalid_arg ? 2 : 1;
}

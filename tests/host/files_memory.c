/* SPDX-License-Identifier: MIT */
#include "tests/host/files_memory.h"
#include "userland/bin/files/content.h"
#include "userland/bin/files/pool.h"
#include "userland/bin/files/text.h"
#include <j6/j6.h>

#include <stdlib.h>
#include <string.h>

static uint64_t fail_in, used;

/* ---- records --------------------------------------------------------------------------------- */

void files_memory_fail(uint64_t nth)
{
    fail_in = nth;
}

uint64_t files_memory_used(void)
{
    return used;
}

j6_status_t pool_init(struct pool *pool, size_t record_size, uint64_t max)
{
    *pool = (struct pool){.record_size = record_size, .max = max};
    return j6_status_ok;
}

j6_status_t pool_take(struct pool *pool, void **out_record)
{
    if (fail_in > 0 && --fail_in == 0) {
        return j6_err_no_memory;
    }
    *out_record = calloc(1, pool->record_size);
    used++;
    return j6_status_ok;
}

void pool_give_back(struct pool *pool, void *record)
{
    (void)pool;
    free(record);
    used--;
}

/* ---- what isn't here ------------------------------------------------------------------------- */

void content_drop(struct content *content)
{
    (void)content;
}

j6_status_t j6_time_of_day(j6_time_t *ns)
{
    *ns = 1;
    return j6_status_ok;
}

j6_status_t j6_clock(j6_time_t *ns)
{
    *ns = 1;
    return j6_status_ok;
}

/* ---- trees ----------------------------------------------------------------------------------- */

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

struct files_host files_host_begin(void)
{
    struct files_host host;
    files_memory_fail(0);
    require(text_init() == j6_status_ok && node_init() == j6_status_ok);
    require(tree_init(&host.root) == j6_status_ok);
    require(client_init(host.root, files_no_limit, files_no_limit, &host.first) == j6_status_ok);
    return host;
}

/* Those that are deepest first. */
static void empty(struct node *directory)
{
    const struct node *next;
    while ((next = tree_next(directory, 0)) != NULL) {
        struct node *node = tree_find(directory, next->name, next->name_len);
        require(node == next);
        if (node_is_directory(node)) {
            empty(node);
        }
        tree_remove(node);
    }
}

void files_host_end(struct files_host *host)
{
    empty(host->root);
    require(host->first->bytes.used == 0 && host->first->open.used == 0);
    client_put(host->first);
    node_put(host->root);
    require(used == 0);
}

j6_status_t files_host_walk(const struct files_host *host, const char *path, enum follow follow,
                            struct place *out_place)
{
    const struct walk walk = {.top = host->root, .start = host->root, .follow = follow};
    return path_walk(&walk, (struct path){path, strlen(path)}, out_place);
}

j6_status_t files_host_add(const struct files_host *host, const char *path, enum files_type type,
                           const char *target)
{
    struct place place;
    struct node *node;
    j6_status_t status = files_host_walk(host, path, FOLLOW_NEVER, &place);
    if (status != j6_status_ok || place.node != NULL) {
        return status != j6_status_ok ? status : j6_status_exists;
    }
    status = target != NULL ? node_new_link(target, strlen(target), host->first, &node)
                            : node_new(type, 0, host->first, &node);
    if (status != j6_status_ok) {
        return status;
    }
    status = tree_add(place.directory, place.name.bytes, place.name.len, node);
    node_put(node);
    return status;
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: userland/bin/files/path.c userland/bin/files/tree.c userland/bin/files/node.c userland/bin/files/client.c userland/bin/files/text.c lib/avl.c lib/string.c tests/host/files_memory.c */
/*
 * Lines of any bytes: the first byte says what is done, the rest are paths. Makes, links, moves and
 * removes in a tree, and walks in a part of it: whatever comes of it, a walk ends below its top,
 * and at the end everything can be removed and nothing is left.
 */
#include "tests/host/files_memory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_place(const struct node *top, const struct place *place)
{
    require(place->node != NULL || place->directory != NULL);
    require(tree_is_below(place->node != NULL ? place->node : place->directory, top));
    if (place->directory != NULL) {
        require(node_is_directory(place->directory));
        require(place->name.len > 0 && place->name.len <= files_name_max);
        require(memchr(place->name.bytes, '/', place->name.len) == NULL);
        require(tree_find(place->directory, place->name.bytes, place->name.len) == place->node);
    }
}

static bool walk(const struct node *top, struct node *start, struct path path, enum follow follow,
                 struct place *out_place)
{
    const struct walk from = {.top = (struct node *)top, .start = start, .follow = follow};
    bool ok = path_walk(&from, path, out_place) == j6_status_ok;
    if (ok) {
        check_place(top, out_place);
    }
    return ok;
}

static void make(const struct files_host *host, struct path path, enum files_type type,
                 struct path target)
{
    struct place place;
    struct node *node;
    if (!walk(host->root, host->root, path, FOLLOW_NEVER, &place) || place.node != NULL) {
        return;
    }
    j6_status_t status = type == files_type_link
                             ? node_new_link(target.bytes, target.len, host->first, &node)
                             : node_new(type, 0, host->first, &node);
    require(status == j6_status_ok);
    require(tree_add(place.directory, place.name.bytes, place.name.len, node) == j6_status_ok);
    node_put(node);
}

static bool can_go(const struct node *node)
{
    return !node_is_directory(node) || tree_is_empty(node);
}

static void move(const struct files_host *host, struct path from, struct path to)
{
    struct place source, place;
    if (walk(host->root, host->root, from, FOLLOW_NEVER, &source) && source.directory != NULL &&
        source.node != NULL && walk(host->root, host->root, to, FOLLOW_NEVER, &place) &&
        place.directory != NULL && !tree_is_below(place.directory, source.node) &&
        place.node != source.node && (place.node == NULL || can_go(place.node))) {
        require(tree_move(source.node, place.directory, place.name.bytes, place.name.len) ==
                j6_status_ok);
    }
}

static void take_out(const struct files_host *host, struct path path)
{
    struct place place;
    if (walk(host->root, host->root, path, FOLLOW_NEVER, &place) && place.node != NULL &&
        place.directory != NULL && can_go(place.node)) {
        tree_remove(place.node);
    }
}

/* In the part of the tree that the first path leads to. */
static void walk_inside(const struct files_host *host, struct path first, struct path second)
{
    struct place top, place;
    if (walk(host->root, host->root, first, FOLLOW_ALWAYS, &top) && top.node != NULL &&
        node_is_directory(top.node)) {
        walk(top.node, top.node, second, FOLLOW_ALWAYS, &place);
        walk(top.node, top.node, second, FOLLOW_SLASHED, &place);
        walk(top.node, top.node, second, FOLLOW_NEVER, &place);
    }
}

static void run(const struct files_host *host, uint8_t what, struct path first, struct path second)
{
    switch (what % 6) {
    case 0: make(host, first, files_type_directory, second); break;
    case 1: make(host, first, files_type_file, second); break;
    case 2:
        if (second.len > 0 && second.len <= files_path_max &&
            memchr(second.bytes, 0, second.len) == NULL) {
            make(host, first, files_type_link, second);
        }
        break;
    case 3: move(host, first, second); break;
    case 4: take_out(host, first); break;
    default: walk_inside(host, first, second); break;
    }
}

/* Up to the next such byte, or the end. */
static struct path cut(struct path *rest, char end)
{
    const char *at = memchr(rest->bytes, end, rest->len);
    struct path piece = {rest->bytes, at != NULL ? (size_t)(at - rest->bytes) : rest->len};
    size_t used = piece.len + (at != NULL);
    *rest = (struct path){rest->bytes + used, rest->len - used};
    return piece;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct files_host host = files_host_begin();
    struct path rest = {(const char *)data, size};
    while (rest.len > 0) {
        struct path line = cut(&rest, '\n');
        if (line.len > 0) {
            uint8_t what = (uint8_t)line.bytes[0];
            struct path paths = {line.bytes + 1, line.len - 1};
            struct path first = cut(&paths, ' ');
            run(&host, what, first, paths);
        }
    }
    files_host_end(&host);
    return 0;
}

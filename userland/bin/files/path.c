/* SPDX-License-Identifier: MIT */
#include "userland/bin/files/path.h"
#include "lib/string.h"

/*
 * A walk, and how many links it has followed. Those of links are walks of their own, at most so
 * deep.
 */
struct steps {
    struct walk walk;
    unsigned links;
    bool is_below; /* the top, as was seen once: no step leads out, and looking again may be long */
};

static j6_status_t go(struct steps *steps, struct node *from, struct path path, enum follow follow,
                      struct place *out_place);

/* Cuts the first name off, and the slashes around it; a length of 0: there is none. */
static struct path cut_name(struct path *path)
{
    while (path->len > 0 && path->bytes[0] == '/') {
        path->bytes++;
        path->len--;
    }
    struct path name = {path->bytes, 0};
    while (name.len < path->len && path->bytes[name.len] != '/') {
        name.len++;
    }
    path->bytes += name.len;
    path->len -= name.len;
    return name;
}

static bool has_name(struct path path)
{
    return cut_name(&path).len > 0;
}

static bool is_dots(struct path name, size_t dots)
{
    return name.len == dots && memcmp(name.bytes, "..", dots) == 0;
}

/*
 * A directory that was open and has been moved out of the top, or has gone, has nothing above it:
 * else `..` would lead past the top.
 */
static j6_status_t go_up(struct steps *steps, struct place *place)
{
    struct node *node = place->node;
    steps->is_below = steps->is_below || tree_is_below(node, steps->walk.top);
    if (!steps->is_below) {
        return j6_err_not_found;
    }
    *place = (struct place){.node = node == steps->walk.top ? node : node->parent};
    return j6_status_ok;
}

static j6_status_t follow_link(struct steps *steps, struct place *place)
{
    const struct link *link = &place->node->link;
    bool is_slashed = place->is_slashed;
    if (++steps->links > files_links_max) {
        return j6_err_out_of_range;
    }
    j6_status_t status =
        go(steps, place->directory, (struct path){link->target, link->len}, FOLLOW_ALWAYS, place);
    place->is_slashed |= is_slashed;
    return status;
}

/* From a directory to what has a name there; `rest` is what the path has behind it. */
static j6_status_t go_down(struct steps *steps, struct path name, struct path rest,
                           enum follow follow, struct place *place)
{
    struct node *directory = place->node;
    if (name.len > files_name_max) {
        return j6_err_out_of_range;
    }
    *place = (struct place){
        .node = tree_find(directory, name.bytes, name.len),
        .directory = directory,
        .name = name,
        .is_slashed = rest.len > 0,
    };
    bool follows = has_name(rest) || follow == FOLLOW_ALWAYS ||
                   (follow == FOLLOW_SLASHED && place->is_slashed);
    if (follows && place->node != NULL && place->node->type == files_type_link) {
        return follow_link(steps, place);
    }
    return j6_status_ok;
}

static j6_status_t go_one(struct steps *steps, struct path name, struct path rest,
                          enum follow follow, struct place *place)
{
    if (place->node == NULL) {
        return j6_err_not_found;
    }
    if (!node_is_directory(place->node)) {
        return j6_err_wrong_type;
    }
    if (is_dots(name, 1)) {
        *place = (struct place){.node = place->node};
        return j6_status_ok;
    }
    if (is_dots(name, 2)) {
        return go_up(steps, place);
    }
    return go_down(steps, name, rest, follow, place);
}

static j6_status_t go(struct steps *steps, struct node *from, struct path path, enum follow follow,
                      struct place *out_place)
{
    struct place place = {.node = path.len > 0 && path.bytes[0] == '/' ? steps->walk.top : from};
    for (;;) {
        struct path name = cut_name(&path);
        if (name.len == 0) {
            break;
        }
        j6_status_t status = go_one(steps, name, path, follow, &place);
        if (status != j6_status_ok) {
            return status;
        }
    }
    if (place.is_slashed && place.node != NULL && !node_is_directory(place.node)) {
        return j6_err_wrong_type;
    }
    *out_place = place;
    return j6_status_ok;
}

j6_status_t path_walk(const struct walk *walk, struct path path, struct place *out_place)
{
    struct steps steps = {.walk = *walk};
    if (path.len > files_path_max) {
        return j6_err_out_of_range;
    }
    if (memchr(path.bytes, 0, path.len) != NULL) {
        return j6_err_invalid_arg;
    }
    return go(&steps, walk->start, path, walk->follow, out_place);
}

/* SPDX-License-Identifier: MIT */
#include "userland/bin/files/serve.h"
#include "lib/string.h"

j6_status_t asked_open(const struct j6_request *request, struct open **out_open)
{
    struct open *open = open_at(request->badge);
    if (open == NULL) {
        return j6_err_invalid_arg;
    }
    *out_open = open;
    return j6_status_ok;
}

j6_status_t asked_walk(const struct open *open, struct path path, enum follow follow,
                       struct place *out_place)
{
    const struct walk walk = {.top = open->client->top, .start = open->node, .follow = follow};
    if (path.len > 0 && !node_is_directory(open->node)) {
        return j6_err_wrong_type;
    }
    return path_walk(&walk, path, out_place);
}

j6_status_t asked_place(const struct j6_request *request, uint64_t flags, enum follow follow,
                        struct asked *out_asked)
{
    memcpy(&out_asked->request, request->fields, sizeof(out_asked->request));
    j6_status_t status = asked_open(request, &out_asked->open);
    if (status != j6_status_ok || out_asked->request.flags & ~flags) {
        return j6_err_invalid_arg;
    }
    return asked_walk(out_asked->open, (struct path){request->data, request->len}, follow,
                      &out_asked->place);
}

j6_status_t asked_change(const struct j6_request *request, uint64_t flags, enum follow follow,
                         struct asked *out_asked)
{
    j6_status_t status = asked_place(request, flags, follow, out_asked);
    return status == j6_status_ok && out_asked->open->client->read_only ? j6_err_denied : status;
}

j6_status_t asked_node(const struct j6_request *request, uint64_t flags, enum follow follow,
                       struct asked *out_asked)
{
    j6_status_t status = asked_place(request, flags, follow, out_asked);
    return status == j6_status_ok && out_asked->place.node == NULL ? j6_err_not_found : status;
}

j6_status_t asked_node_to_change(const struct j6_request *request, uint64_t flags,
                                 enum follow follow, struct asked *out_asked)
{
    j6_status_t status = asked_change(request, flags, follow, out_asked);
    return status == j6_status_ok && out_asked->place.node == NULL ? j6_err_not_found : status;
}

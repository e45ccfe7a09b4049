/* SPDX-License-Identifier: MIT */
/*
 * The functions of the table, each for a request of <proto/files.h>, and what they begin with. All
 * is looked at before anything is changed.
 */
#pragma once
#include "userland/bin/files/open.h"
#include "userland/bin/files/path.h"

/* Who asks, what, and where its path leads. */
struct asked {
    struct open *open;
    struct files_request request;
    struct place place;
};

/* The open thing itself; invalid_arg: nothing open has that badge. */
J6_MUST_USE j6_status_t asked_open(const struct j6_request *request, struct open **out_open);

/*
 * A request with a path, which follows a link at its end or not. invalid_arg: flags other than
 * those.
 */
J6_MUST_USE j6_status_t asked_place(const struct j6_request *request, uint64_t flags,
                                    enum follow follow, struct asked *out_asked);

/* The same for what changes something: denied, if the client only reads. */
J6_MUST_USE j6_status_t asked_change(const struct j6_request *request, uint64_t flags,
                                     enum follow follow, struct asked *out_asked);

/* The same, where something is. */
J6_MUST_USE j6_status_t asked_node(const struct j6_request *request, uint64_t flags,
                                   enum follow follow, struct asked *out_asked);
J6_MUST_USE j6_status_t asked_node_to_change(const struct j6_request *request, uint64_t flags,
                                             enum follow follow, struct asked *out_asked);

/* From the open directory, as far as its client may go. */
J6_MUST_USE j6_status_t asked_walk(const struct open *open, struct path path, enum follow follow,
                                   struct place *out_place);

/* serve_open.c */
j6_status_t serve_client(struct j6_request *request);
j6_status_t serve_open(struct j6_request *request);
j6_status_t serve_space(struct j6_request *request);

/* serve_bytes.c */
j6_status_t serve_read(struct j6_request *request);
j6_status_t serve_write(struct j6_request *request);
j6_status_t serve_text(struct j6_request *request);
j6_status_t serve_map(struct j6_request *request);
j6_status_t serve_truncate(struct j6_request *request);

/* serve_look.c */
j6_status_t serve_stat(struct j6_request *request);
j6_status_t serve_list(struct j6_request *request);
j6_status_t serve_read_link(struct j6_request *request);
j6_status_t serve_set_modified(struct j6_request *request);
j6_status_t serve_set_mode(struct j6_request *request);

/* serve_tree.c */
j6_status_t serve_make_directory(struct j6_request *request);
j6_status_t serve_make_link(struct j6_request *request);
j6_status_t serve_remove(struct j6_request *request);
j6_status_t serve_rename(struct j6_request *request);

/* SPDX-License-Identifier: MIT */
/*
 * The bytes of files. A file of the boot archive is read from there; it gets an area of its own, a
 * clone, when it is written to or handed out. What is behind a file's end in its last page may be
 * written by those who map it, so it is cleared before the end moves there.
 *
 * Rules: nodes are files, or nothing. What fails changes nothing, but a write, which tells how far it came.
 * `client` becomes the owner of a file that has none. Errors: quota, no_memory, and what is written
 * with the functions.
 */
#pragma once
#include "userland/bin/files/node.h"

/* Up to len bytes; fewer at the end, none behind it. */
J6_MUST_USE j6_status_t content_read(const struct node *node, uint64_t offset, void *buf,
                                     size_t len, size_t *out_len);

/* out_of_range: beyond files_size_max. */
J6_MUST_USE j6_status_t content_write(struct node *node, struct client *client, uint64_t offset,
                                      const void *bytes, size_t len, size_t *out_len);
J6_MUST_USE j6_status_t content_set_size(struct node *node, struct client *client, uint64_t size);

/*
 * A handle to the file's own area, with those rights; to be written through: with all its pages
 * there. bad_state: it is nothing.
 */
J6_MUST_USE j6_status_t content_map(struct node *node, struct client *client, uint64_t rights,
                                    j6_handle_t *out_area);

/* Gives the area up: who has mapped it keeps it. */
void content_drop(struct content *content);

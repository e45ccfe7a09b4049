/* SPDX-License-Identifier: MIT */
#include "userland/bin/files/content.h"
#include "lib/page.h"
#include "lib/string.h"
#include <j6/archive.h>
#include <j6/j6.h>

static uint64_t area_size(uint64_t size)
{
    return size == 0 ? PAGE_SIZE : page_up(size);
}

void content_drop(struct content *content)
{
    if (content->is_own) {
        j6_handle_close(content->area);
    }
    *content = (struct content){.area = 0};
}

/* ---- bytes of the area ----------------------------------------------------------------------- */

/* What a call is stopped at, the next one tells. */
static j6_status_t write_area(const struct node *node, uint64_t offset, const void *bytes,
                              size_t len, size_t *out_len)
{
    j6_status_t status = j6_status_ok;
    size_t done = 0;
    while (done < len && status == j6_status_ok) {
        uint64_t piece = len - done;
        status =
            j6_vma_write(node->content.area, offset + done, (const char *)bytes + done, &piece);
        done += piece;
    }
    *out_len = done;
    return status;
}

/* Zeros from the file's end to that of its area. */
static j6_status_t clear_tail(const struct node *node)
{
    static char zeros[PAGE_SIZE]; /* not const: so it takes no room in the program's file */
    size_t done;
    return write_area(node, node->size, zeros, area_size(node->size) - node->size, &done);
}

/* ---- the area -------------------------------------------------------------------------------- */

static j6_status_t make_own(struct node *node)
{
    struct content *content = &node->content;
    const struct j6_archive_entry entry = {.offset = content->start, .size = node->size};
    j6_handle_t area;
    if (content->is_own) {
        return j6_status_ok;
    }
    j6_status_t status = j6_archive_clone(content->area, &entry, j6_vma_flag_resizable, &area);
    if (status == j6_status_ok) {
        *content = (struct content){.area = area, .is_own = true};
    }
    return status;
}

/* For who changes the file, which will have that size: it has an owner, too. */
static j6_status_t begin_change(struct node *node, struct client *client, uint64_t size)
{
    j6_status_t status = make_own(node);
    return status == j6_status_ok && node->owner == NULL ? node_charge(node, client, page_up(size))
                                                         : status;
}

/* A larger copy, which nobody maps; who maps the old one keeps that. */
static j6_status_t move_area(struct node *node, uint64_t size)
{
    j6_handle_t area;
    j6_status_t status =
        j6_vma_clone(node->content.area, 0, area_size(node->size), j6_vma_flag_resizable, &area);
    if (status != j6_status_ok) {
        return status;
    }
    status = j6_vma_resize(area, &size);
    if (status != j6_status_ok) {
        j6_handle_close(area);
        return status;
    }
    j6_handle_close(node->content.area);
    node->content.area = area;
    return j6_status_ok;
}

/*
 * A mapping of all of the area grows with it. Where one can't, no matter why, the file doesn't
 * depend on it.
 */
static j6_status_t resize_area(struct node *node, uint64_t size)
{
    uint64_t wanted = area_size(size);
    uint64_t got = wanted;
    if (wanted == area_size(node->size)) {
        return j6_status_ok;
    }
    j6_status_t status = j6_vma_resize(node->content.area, &got);
    return status != j6_status_ok && wanted > area_size(node->size) ? move_area(node, wanted)
                                                                    : status;
}

/* Room for that many bytes, which the file hasn't yet. */
static j6_status_t grow(struct node *node, struct client *client, uint64_t size)
{
    j6_status_t status = begin_change(node, client, size);
    if (status == j6_status_ok && node->content.is_dirty) {
        status = clear_tail(node);
    }
    if (status == j6_status_ok) {
        status = node_charge(node, client, page_up(size));
    }
    if (status == j6_status_ok) {
        status = resize_area(node, size);
        if (status != j6_status_ok) {
            (void)!node_charge(node, client, page_up(node->size)); /* less than before */
        }
    }
    return status;
}

/*
 * The pages behind the end go, and the rest of the last one, if there is memory to write to that.
 */
static j6_status_t shrink(struct node *node, struct client *client, uint64_t size)
{
    j6_status_t status = begin_change(node, client, size);
    if (status == j6_status_ok) {
        status = resize_area(node, size);
    }
    if (status != j6_status_ok) {
        return status;
    }
    node->size = size;
    node->content.is_dirty |= clear_tail(node) != j6_status_ok;
    return node_charge(node, client, page_up(size));
}

/* ---- files ----------------------------------------------------------------------------------- */

j6_status_t content_read(const struct node *node, uint64_t offset, void *buf, size_t len,
                         size_t *out_len)
{
    const struct content *content = &node->content;
    uint64_t left = offset < node->size ? node->size - offset : 0;
    j6_status_t status = j6_status_ok;
    size_t done = 0;
    len = left < len ? left : len;
    while (done < len && status == j6_status_ok) {
        uint64_t piece = len - done;
        status =
            j6_vma_read(content->area, content->start + offset + done, (char *)buf + done, &piece);
        done += piece;
    }
    *out_len = done;
    return status;
}

j6_status_t content_set_size(struct node *node, struct client *client, uint64_t size)
{
    j6_status_t status = j6_status_ok;
    if (size > files_size_max) {
        return j6_err_out_of_range;
    }
    if (node->type == files_type_nothing) {
        return j6_status_ok;
    }
    if (size > node->size) {
        status = grow(node, client, size);
    } else if (size < node->size) {
        status = shrink(node, client, size);
    }
    if (status == j6_status_ok) {
        node->size = size;
        node_touch(node);
    }
    return status;
}

j6_status_t content_write(struct node *node, struct client *client, uint64_t offset,
                          const void *bytes, size_t len, size_t *out_len)
{
    if (offset > files_size_max || len > files_size_max - offset) {
        return j6_err_out_of_range;
    }
    if (node->type == files_type_nothing) {
        *out_len = len;
        return j6_status_ok;
    }
    uint64_t old_size = node->size;
    uint64_t end = offset + len;
    j6_status_t status = len == 0         ? j6_status_ok
                         : end > old_size ? content_set_size(node, client, end)
                                          : begin_change(node, client, old_size);
    size_t done = 0;
    if (status == j6_status_ok) {
        status = write_area(node, offset, bytes, len, &done);
    }
    if (done > 0) {
        status = j6_status_ok;
        node_touch(node);
    }
    if (done < len && node->size > old_size) {
        uint64_t reached = done > 0 && offset + done > old_size ? offset + done : old_size;
        (void)!content_set_size(node, client, reached);
    }
    *out_len = done;
    return status;
}

/* Where pages aren't there when they are written to, memory for them may not be either. */
static j6_status_t begin_writing(struct node *node, struct client *client)
{
    j6_status_t status = begin_change(node, client, node->size);
    for (uint64_t at = 0, len; status == j6_status_ok && at < area_size(node->size); at += len) {
        len = area_size(node->size) - at;
        status = j6_vma_op_range(node->content.area, j6_op_commit, at, &len);
    }
    node->content.is_dirty |= status == j6_status_ok;
    return status;
}

j6_status_t content_map(struct node *node, struct client *client, uint64_t rights,
                        j6_handle_t *out_area)
{
    if (node->type == files_type_nothing) {
        return j6_err_bad_state;
    }
    j6_status_t status = rights & j6_right_vma_write ? begin_writing(node, client) : make_own(node);
    return status == j6_status_ok ? j6_handle_duplicate(node->content.area, rights, 0, out_area)
                                  : status;
}

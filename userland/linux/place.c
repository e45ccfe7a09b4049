/* SPDX-License-Identifier: MIT */
/* From a descriptor and a path to a directory of the file service and a path. */
#include "lib/page.h"
#include "lib/string.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/tree.h"
#include <linux/fcntl.h>

/* Up to its end, and no page beyond that. */
int64_t tree_read_path(char *path, user_ptr_t from)
{
    size_t done = 0;
    while (done <= files_path_max) {
        size_t room = files_path_max + 1 - done;
        size_t in_page = PAGE_SIZE - (from + done) % PAGE_SIZE;
        size_t piece = in_page < room ? in_page : room;
        int64_t error = user_read(path + done, from + done, piece);
        if (error != 0) {
            return error;
        }
        if (memchr(path + done, 0, piece) != NULL) {
            return 0;
        }
        done += piece;
    }
    return -ENAMETOOLONG;
}

/* Does it count from a directory that the tree has, instead of an open one? */
static bool is_of_tree(int descriptor, const char *path)
{
    return descriptor == AT_FDCWD || path[0] == '/';
}

/* The file that a path counts from. */
static int64_t begin(int descriptor, const char *path, struct file **out_file)
{
    bool from_tree = is_of_tree(descriptor, path);
    struct file *file = from_tree ? tree_directory(path) : descriptor_file(descriptor);
    if (file == NULL) {
        return from_tree ? -ENOENT : -EBADF;
    }
    if (file->kind != &directory_kind && path[0] != '\0') {
        file_put(file);
        return -ENOTDIR;
    }
    *out_file = file;
    return 0;
}

/* Names that no directory has: the service has one word for them and for too many links. */
static bool has_long_name(const char *path)
{
    size_t len = 0;
    while (*path != '\0' && len <= files_name_max) {
        len = *path++ == '/' ? 0 : len + 1;
    }
    return len > files_name_max;
}

static int64_t read_path(struct place *place, user_ptr_t path, bool empty_ok)
{
    int64_t error = tree_read_path(place->path, path);
    if (error == 0 && place->path[0] == '\0' && !empty_ok) {
        return -ENOENT;
    }
    return error == 0 && has_long_name(place->path) ? -ENAMETOOLONG : error;
}

void place_begin(struct place *place, int descriptor, user_ptr_t path, bool empty_ok)
{
    place->directory = NULL;
    place->path[0] = '\0';
    place->status = j6_status_ok;
    place->asked = 0;
    place->error = read_path(place, path, empty_ok);
    if (place->error == 0) {
        place->error = begin(descriptor, place->path, &place->directory);
    }
    if (place->error == 0) {
        place->at = place->directory->handle;
        place->may_change = is_of_tree(descriptor, place->path);
    }
}

/* At the same place of another service, if there is one. */
static bool ask_another(struct place *place)
{
    struct file *next;
    place->status = tree_directory_again(place->directory, place->path, &next);
    if (place->status != j6_status_ok) {
        return false;
    }
    file_put(place->directory);
    place->directory = next;
    place->at = next->handle;
    return true;
}

bool place_ask(struct place *place)
{
    switch (place->asked++) {
    case 0: return place->error == 0;
    case 1: return place->status == j6_status_closed && place->may_change && ask_another(place);
    default: return false;
    }
}

int64_t place_end(struct place *place, int64_t bad_state)
{
    if (place->error != 0) {
        return place->error;
    }
    file_put(place->directory);
    return place->status == j6_err_out_of_range ? -ELOOP : tree_error(place->status, bad_state);
}

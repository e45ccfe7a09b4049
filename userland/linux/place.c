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

int64_t place_get(int descriptor, user_ptr_t path, bool empty_ok, struct place *out_place)
{
    int64_t error = tree_read_path(out_place->path, path);
    if (error == 0 && out_place->path[0] == '\0' && !empty_ok) {
        error = -ENOENT;
    }
    if (error == 0) {
        error = begin(descriptor, out_place->path, &out_place->directory);
    }
    if (error == 0) {
        out_place->at = out_place->directory->handle;
        out_place->may_change = is_of_tree(descriptor, out_place->path);
    }
    return error;
}

bool place_again(struct place *place, j6_status_t *status)
{
    struct file *next;
    if (*status != j6_status_closed || !place->may_change) {
        return false;
    }
    *status = tree_directory_again(place->directory, place->path, &next);
    if (*status != j6_status_ok) {
        return false;
    }
    file_put(place->directory);
    place->directory = next;
    place->at = next->handle;
    place->may_change = false;
    return true;
}

void place_put(struct place *place)
{
    file_put(place->directory);
}

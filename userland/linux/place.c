/* SPDX-License-Identifier: MIT */
/* Where paths begin, and the working directory, whose path is kept as text: links in it aren't followed. */
#include "lib/page.h"
#include "lib/string.h"
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/tree.h"
#include <linux/fcntl.h>

static struct {
    struct j6_mutex lock;
    struct file *file; /* NULL: there are no files */
    char path[files_path_max + 1];
} working = {.path = "/"};

/* Only before there is a second thread. */
void tree_init(void)
{
    j6_handle_t directory = j6_find("directory");
    j6_handle_t top = j6_find("files");
    j6_handle_t handle = directory != j6_handle_none ? directory : top;
    if (handle != j6_handle_none) {
        working.file = file_new(&directory_kind, handle, O_RDONLY);
    }
}

static struct file *working_get(void)
{
    j6_mutex_lock(&working.lock);
    struct file *file = working.file;
    if (file != NULL) {
        file_get(file);
    }
    j6_mutex_unlock(&working.lock);
    return file;
}

/* Up to its end, and no page beyond that. */
static int64_t read_path(char *path, user_ptr_t from)
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

/* The file that a path counts from. */
static int64_t begin(int descriptor, const char *path, struct file **out_file)
{
    bool from_working = descriptor == AT_FDCWD || path[0] == '/';
    struct file *file = from_working ? working_get() : descriptor_file(descriptor);
    if (file == NULL) {
        return from_working ? -ENOENT : -EBADF;
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
    int64_t error = read_path(out_place->path, path);
    if (error == 0 && out_place->path[0] == '\0' && !empty_ok) {
        error = -ENOENT;
    }
    if (error == 0) {
        error = begin(descriptor, out_place->path, &out_place->directory);
    }
    if (error == 0) {
        out_place->at = out_place->directory->handle;
    }
    return error;
}

void place_put(struct place *place)
{
    file_put(place->directory);
}

/* ---- the working directory ---------------------------------------------------------------------- */

/* Takes the last name off. */
static size_t without_last(const char *path, size_t len)
{
    while (len > 1 && path[len - 1] != '/') {
        len--;
    }
    return len > 1 ? len - 1 : len;
}

/* Follows a path as text. False: that is too long. */
static bool join(char *base, const char *path)
{
    size_t len = path[0] == '/' ? 1 : strlen(base);
    while (*path != '\0') {
        const char *slash = strchr(path, '/');
        size_t name = slash != NULL ? (size_t)(slash - path) : strlen(path);
        if (name == 2 && path[0] == '.' && path[1] == '.') {
            len = without_last(base, len);
        } else if (name != 0 && !(name == 1 && path[0] == '.')) {
            if (len + 1 + name > files_path_max) {
                return false;
            }
            len += len > 1;
            base[len - 1] = '/';
            memcpy(base + len, path, name);
            len += name;
        }
        path += name + (slash != NULL);
    }
    base[len] = '\0';
    return true;
}

static int64_t change(struct file *file, const char *path)
{
    char joined[files_path_max + 1];
    j6_mutex_lock(&working.lock);
    memcpy(joined, working.path, sizeof(joined));
    bool fits = join(joined, path);
    struct file *old = file;
    if (fits) {
        old = working.file;
        working.file = file;
        memcpy(working.path, joined, sizeof(joined));
    }
    j6_mutex_unlock(&working.lock);
    file_put(old);
    return fits ? 0 : -ENAMETOOLONG;
}

int64_t linux_chdir(user_ptr_t path)
{
    struct place place;
    struct files_stat stat;
    j6_handle_t handle;
    int64_t error = place_get(AT_FDCWD, path, false, &place);
    if (error != 0) {
        return error;
    }
    j6_status_t status =
        files_open(place.at, place.path, files_open_read | files_open_directory, 0, &stat, &handle);
    place_put(&place);
    if (status != j6_status_ok) {
        return tree_error(status, -EACCES);
    }
    struct file *file = file_new(&directory_kind, handle, O_RDONLY);
    if (file == NULL) {
        j6_handle_close(handle);
        return -ENOMEM;
    }
    return change(file, place.path);
}

/* Tells the length with the NUL, as Linux does. */
int64_t linux_getcwd(user_ptr_t buf, uint64_t size)
{
    char path[files_path_max + 1];
    j6_mutex_lock(&working.lock);
    memcpy(path, working.path, sizeof(path));
    j6_mutex_unlock(&working.lock);
    size_t len = strlen(path) + 1;
    if (len > size) {
        return -ERANGE;
    }
    int64_t error = user_write(buf, path, len);
    return error != 0 ? error : (int64_t)len;
}

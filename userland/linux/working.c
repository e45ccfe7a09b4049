/* SPDX-License-Identifier: MIT */
/*
 * The top of the tree and the working directory, whose path is kept as text: links in it aren't followed. When
 * their file service has died, the role `names` leads to the next one. That is as the first one began: what was
 * open or written has gone with it.
 */
#include "lib/string.h"
#include "userland/linux/calls.h"
#include "userland/linux/clocks.h"
#include "userland/linux/tree.h"
#include <linux/fcntl.h>
#include <proto/names.h>

/* A service that is started again is there before long. */
static const uint64_t TIME_TO_START = 5000000000;

static struct {
    struct j6_mutex lock;
    struct file *top;              /* NULL: there are no files */
    struct file *directory;        /* NULL: it isn't there any more */
    char path[files_path_max + 1]; /* of that; empty: nobody has told */
} tree = {.path = "/"};

/* Takes the handle, if there is one. */
static struct file *directory_new(j6_handle_t handle)
{
    struct file *file =
        handle != j6_handle_none ? file_new(&directory_kind, handle, O_RDONLY) : NULL;
    if (file == NULL && handle != j6_handle_none) {
        j6_handle_close(handle);
    }
    return file;
}

static struct file *referenced(struct file *file)
{
    if (file != NULL) {
        file_get(file);
    }
    return file;
}

static void put(struct file *file)
{
    if (file != NULL) {
        file_put(file);
    }
}

/* What shells tell of the directory that they give. */
static void take_path(const char *const *environment)
{
    const char *found = "";
    for (; *environment != NULL; environment++) {
        if (strncmp(*environment, "PWD=/", 5) == 0) {
            found = *environment + 4;
        }
    }
    if (!string_copy(tree.path, sizeof(tree.path), found)) {
        tree.path[0] = '\0';
    }
}

/* Only before there is a second thread. */
void tree_init(const char *const *environment)
{
    tree.top = directory_new(j6_find("files"));
    tree.directory = directory_new(j6_find("directory"));
    if (tree.directory != NULL) {
        take_path(environment);
    }
    if (tree.directory == NULL) {
        tree.directory = referenced(tree.top);
    } else if (tree.top == NULL) {
        tree.top = referenced(tree.directory);
    }
}

static struct file *begin_locked(const char *path)
{
    return referenced(path[0] == '/' ? tree.top : tree.directory);
}

struct file *tree_directory(const char *path)
{
    j6_mutex_lock(&tree.lock);
    struct file *file = begin_locked(path);
    j6_mutex_unlock(&tree.lock);
    return file;
}

/* ---- another service ------------------------------------------------------------------------ */

static struct file *find_top(void)
{
    j6_handle_t service;
    j6_handle_t names = j6_find("names");
    return names != j6_handle_none && names_wait(names, "files", deadline_after(TIME_TO_START),
                                                 &service) == j6_status_ok
               ? directory_new(service)
               : NULL;
}

static j6_status_t open_directory(j6_handle_t at, const char *path, j6_handle_t *out_handle)
{
    struct files_stat stat;
    return files_open(at, path, files_open_read | files_open_directory, 0, &stat, out_handle);
}

static struct file *reopen(const struct file *top)
{
    j6_handle_t handle;
    return tree.path[0] != '\0' && open_directory(top->handle, tree.path, &handle) == j6_status_ok
               ? directory_new(handle)
               : NULL;
}

static void replace_locked(void)
{
    struct file *top = find_top();
    if (top != NULL) {
        put(tree.top);
        put(tree.directory);
        tree.top = top;
        tree.directory = reopen(top);
    }
}

j6_status_t tree_directory_again(const struct file *gone, const char *path, struct file **out_next)
{
    j6_mutex_lock(&tree.lock);
    if (gone == tree.top || gone == tree.directory) {
        replace_locked();
    }
    struct file *next = begin_locked(path);
    j6_mutex_unlock(&tree.lock);
    if (next == gone) {
        put(next);
        return j6_status_closed;
    }
    *out_next = next;
    return next != NULL ? j6_status_ok : j6_err_not_found;
}

/* ---- the working directory ------------------------------------------------------------------ */

/* Takes the last name off. */
static size_t without_last(const char *path, size_t len)
{
    while (len > 1 && path[len - 1] != '/') {
        len--;
    }
    return len > 1 ? len - 1 : len;
}

/* Follows a path as text. False: that is too long. What isn't known stays so. */
static bool join(char *base, const char *path)
{
    if (base[0] == '\0' && path[0] != '/') {
        return true;
    }
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
    j6_mutex_lock(&tree.lock);
    memcpy(joined, tree.path, sizeof(joined));
    bool fits = join(joined, path);
    struct file *old = file;
    if (fits) {
        old = tree.directory;
        tree.directory = file;
        memcpy(tree.path, joined, sizeof(joined));
    }
    j6_mutex_unlock(&tree.lock);
    put(old);
    return fits ? 0 : -ENAMETOOLONG;
}

int64_t linux_chdir(user_ptr_t path)
{
    struct place place;
    j6_handle_t handle;
    place_begin(&place, AT_FDCWD, path, false);
    while (place_ask(&place)) {
        place.status = open_directory(place.at, place.path, &handle);
    }
    int64_t error = place_end(&place, -EACCES);
    if (error != 0) {
        return error;
    }
    struct file *file = directory_new(handle);
    return file != NULL ? change(file, place.path) : -ENOMEM;
}

/* Tells the length with the NUL, as Linux does. */
int64_t linux_getcwd(user_ptr_t buf, uint64_t size)
{
    char path[files_path_max + 1];
    j6_mutex_lock(&tree.lock);
    memcpy(path, tree.path, sizeof(path));
    j6_mutex_unlock(&tree.lock);
    size_t len = strlen(path) + 1;
    if (len == 1) {
        return -ENOENT;
    }
    if (len > size) {
        return -ERANGE;
    }
    int64_t error = user_write(buf, path, len);
    return error != 0 ? error : (int64_t)len;
}

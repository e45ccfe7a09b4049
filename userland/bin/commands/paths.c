/* SPDX-License-Identifier: MIT */
#include "userland/bin/commands/paths.h"
#include "userland/bin/commands/commands.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool path_below(char out[path_room], const char *directory, const char *name)
{
    size_t len = strlen(directory);
    bool slash = len != 0 && directory[len - 1] == '/';
    return snprintf(out, path_room, "%s%s%s", directory, slash ? "" : "/", name) < path_room;
}

const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

void trim_slashes(char *path)
{
    for (size_t len = strlen(path); len > 1 && path[len - 1] == '/'; len--) {
        path[len - 1] = '\0';
    }
}

bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_itself(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int too_long(const char *name)
{
    errno = ENAMETOOLONG;
    return failed(name);
}

int each_entry(const char *directory, entry_function *function, void *context, unsigned depth)
{
    struct dirent **entries;
    char path[path_room];
    int worst = exit_ok;
    errno = ELOOP;
    int count = depth < path_depth_max ? scandir(directory, &entries, NULL, alphasort) : -1;
    if (count < 0) {
        return failed(directory);
    }
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (!is_itself(name)) {
            int code = path_below(path, directory, name) ? function(path, context, depth + 1)
                                                         : too_long(name);
            worst = code > worst ? code : worst;
        }
        free(entries[i]);
    }
    free(entries);
    return worst;
}

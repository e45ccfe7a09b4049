/* SPDX-License-Identifier: MIT */
/* cp and mv: from a place in the tree of files to another. */
#include "userland/bin/commands/commands.h"
#include "userland/bin/commands/paths.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int copy_bytes(int from, int to, const char *name)
{
    static char buf[65536];
    ssize_t len;
    while ((len = read(from, buf, sizeof(buf))) > 0) {
        for (ssize_t done = 0; done < len;) {
            ssize_t written = write(to, buf + done, (size_t)(len - done));
            if (written < 0) {
                return failed(name);
            }
            done += written;
        }
    }
    return len < 0 ? failed(name) : exit_ok;
}

static int copy_file(const char *from, const char *to, mode_t mode)
{
    struct stat there;
    struct stat here;
    if (stat(to, &there) == 0 && stat(from, &here) == 0 && there.st_ino == here.st_ino) {
        fprintf(stderr, "cp: %s and %s are the same file\n", from, to);
        return exit_failed;
    }
    int in = open(from, O_RDONLY);
    if (in < 0) {
        return failed(from);
    }
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode & 0777);
    int code = out < 0 ? failed(to) : copy_bytes(in, out, to);
    close(in);
    if (out >= 0) {
        close(out);
    }
    return code;
}

struct copy {
    bool deep;
    const char *to; /* what the entry's directory becomes */
};

static int copy(const char *from, const char *to, bool deep, unsigned depth);

static int copy_entry(const char *path, void *context, unsigned depth)
{
    const struct copy *copying = context;
    char to[path_room];
    return path_below(to, copying->to, last_name(path)) ? copy(path, to, copying->deep, depth)
                                                        : too_long(path);
}

static int copy(const char *from, const char *to, bool deep, unsigned depth)
{
    struct stat status;
    if (stat(from, &status) != 0) {
        return failed(from);
    }
    if (!S_ISDIR(status.st_mode)) {
        return copy_file(from, to, status.st_mode);
    }
    if (!deep) {
        fprintf(stderr, "cp: %s is a directory, which -r copies\n", from);
        return exit_failed;
    }
    if (mkdir(to, 0777) != 0 && (errno != EEXIST || !is_directory(to))) {
        return failed(to);
    }
    struct copy copying = {deep, to};
    return each_entry(from, copy_entry, &copying, depth);
}

/* Is a place in a directory, or anywhere below it? The place itself may not be there yet. */
static bool is_within(const char *place, ino_t directory)
{
    char path[path_room] = ".";
    struct stat status, above;
    const char *slash = strrchr(place, '/');
    if (slash != NULL) {
        snprintf(path, sizeof(path), "%.*s", slash == place ? 1 : (int)(slash - place), place);
    }
    while (stat(path, &status) == 0 && status.st_ino != directory) {
        bool goes_up = strlen(path) + sizeof("/..") <= sizeof(path) &&
                       stat(strcat(path, "/.."), &above) == 0 && above.st_ino != status.st_ino;
        if (!goes_up) {
            return false;
        }
    }
    return status.st_ino == directory;
}

/* A directory within itself would never end. */
static int copy_deep(const char *from, const char *to, bool deep)
{
    struct stat status;
    if (deep && stat(from, &status) == 0 && S_ISDIR(status.st_mode) &&
        is_within(to, status.st_ino)) {
        fprintf(stderr, "cp: %s would be within itself\n", from);
        return exit_failed;
    }
    return copy(from, to, deep, 0);
}

static int move(const char *from, const char *to, bool deep)
{
    (void)deep;
    return rename(from, to) == 0 ? exit_ok : failed(from);
}

/* The last name is a directory for all others, or what the only one is to become. */
static int to_last(char **names, int count, bool deep,
                   int (*function)(const char *from, const char *to, bool deep))
{
    int worst = exit_ok;
    if (count < 2) {
        return wrong_usage();
    }
    const char *to = names[count - 1];
    if (!is_directory(to)) {
        return count == 2 ? function(names[0], to, deep) : (errno = ENOTDIR, failed(to));
    }
    for (int i = 0; i < count - 1; i++) {
        char below[path_room];
        trim_slashes(names[i]);
        int code = path_below(below, to, last_name(names[i])) ? function(names[i], below, deep)
                                                              : too_long(names[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}

int command_cp(int argc, char **argv)
{
    struct options options = options_of(argv);
    bool deep = false;
    char option;
    while ((option = option_next(&options, "r")) != '\0') {
        if (option == '?') {
            return wrong_usage();
        }
        deep = true;
    }
    return to_last(argv + options.at, argc - options.at, deep, copy_deep);
}

int command_mv(int argc, char **argv)
{
    struct options options = options_of(argv);
    return option_next(&options, "") == '\0'
               ? to_last(argv + options.at, argc - options.at, false, move)
               : wrong_usage();
}

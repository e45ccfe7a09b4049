/* SPDX-License-Identifier: MIT */
/* rm and mkdir: what is in the tree of files, and what isn't. */
#include "userland/bin/commands/commands.h"
#include "userland/bin/commands/paths.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct removal {
    bool deep, silent;
};

static int remove_path(const char *path, void *context, unsigned depth)
{
    const struct removal *removal = context;
    struct stat status;
    int code = exit_ok;
    if (lstat(path, &status) != 0) {
        return removal->silent && errno == ENOENT ? exit_ok : failed(path);
    }
    if (!S_ISDIR(status.st_mode)) {
        return unlink(path) == 0 ? exit_ok : failed(path);
    }
    if (!removal->deep) {
        fprintf(stderr, "rm: %s is a directory, which -r removes\n", path);
        return exit_failed;
    }
    code = each_entry(path, remove_path, context, depth);
    return rmdir(path) == 0 ? code : failed(path);
}

/* What a directory calls itself, and the top of all, can't go: nothing of it is even tried. */
static bool stays(char *path)
{
    struct stat status, top;
    trim_slashes(path);
    bool is_top = lstat(path, &status) == 0 && stat("/", &top) == 0 && status.st_ino == top.st_ino;
    if (is_top || is_itself(last_name(path))) {
        fprintf(stderr, "rm: %s stays: %s\n", path,
                is_top ? "it is the top of the tree" : "it has to be named from outside");
    }
    return is_top || is_itself(last_name(path));
}

int command_rm(int argc, char **argv)
{
    struct removal removal = {false, false};
    struct options options = options_of(argv);
    int worst = exit_ok;
    char option;
    while ((option = option_next(&options, "rf")) != '\0') {
        switch (option) {
        case 'r': removal.deep = true; break;
        case 'f': removal.silent = true; break;
        default: return wrong_usage();
        }
    }
    if (options.at == argc && !removal.silent) {
        return wrong_usage();
    }
    for (int i = options.at; i < argc; i++) {
        int code = stays(argv[i]) ? exit_failed : remove_path(argv[i], &removal, 0);
        worst = code > worst ? code : worst;
    }
    return worst;
}

/* With all that lie above it. */
static int make_deep(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST) {
            return failed(path);
        }
        *slash = '/';
    }
    return mkdir(path, 0777) == 0 || (errno == EEXIST && is_directory(path)) ? exit_ok
                                                                             : failed(path);
}

int command_mkdir(int argc, char **argv)
{
    struct options options = options_of(argv);
    bool deep = false;
    int worst = exit_ok;
    char option;
    while ((option = option_next(&options, "p")) != '\0') {
        if (option == '?') {
            return wrong_usage();
        }
        deep = true;
    }
    if (options.at == argc) {
        return wrong_usage();
    }
    for (int i = options.at; i < argc; i++) {
        int code = deep                        ? make_deep(argv[i])
                   : mkdir(argv[i], 0777) == 0 ? exit_ok
                                               : failed(argv[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}

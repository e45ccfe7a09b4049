/* SPDX-License-Identifier: MIT */
/* Commands about files and directories: ls, cp, mv, rm, mkdir. */
#include "userland/bin/commands/commands.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_LEN_MAX = 1024, DEPTH_MAX = 64 };

/* FROM with its last name put behind a directory. False: that is too long. */
static bool path_below(char *out, const char *directory, const char *name)
{
    size_t len = strlen(directory);
    bool slash = len != 0 && directory[len - 1] == '/';
    return snprintf(out, PATH_LEN_MAX, "%s%s%s", directory, slash ? "" : "/", name) < PATH_LEN_MAX;
}

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_itself(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Runs a function on each name in a directory, in order. */
typedef int entry_function(const char *path, void *context, unsigned depth);

static int each_entry(const char *directory, entry_function *function, void *context,
                      unsigned depth)
{
    struct dirent **entries;
    char path[PATH_LEN_MAX];
    int worst = exit_ok;
    int count = depth < DEPTH_MAX ? scandir(directory, &entries, NULL, alphasort) : -1;
    if (count < 0) {
        return failed(directory);
    }
    for (int i = 0; i < count; i++) {
        if (!is_itself(entries[i]->d_name) && path_below(path, directory, entries[i]->d_name)) {
            int code = function(path, context, depth + 1);
            worst = code > worst ? code : worst;
        }
        free(entries[i]);
    }
    free(entries);
    return worst;
}

/* ---- ls ------------------------------------------------------------------------------------------ */

struct listing {
    bool long_rows, all, named;
};

static void show_long(const char *path, const char *name, const struct stat *status)
{
    char date[32] = "";
    char target[PATH_LEN_MAX] = "";
    bool link = S_ISLNK(status->st_mode);
    strftime(date, sizeof(date), "%Y-%m-%d %H:%M", gmtime(&status->st_mtime));
    if (link && readlink(path, target, sizeof(target) - 1) < 0) {
        target[0] = '\0';
    }
    printf("%c%c%c %10llu %s %s%s%s\n",
           link                       ? 'l'
           : S_ISDIR(status->st_mode) ? 'd'
                                      : '-',
           status->st_mode & S_IWUSR ? 'w' : '-', status->st_mode & S_IXUSR ? 'x' : '-',
           (unsigned long long)status->st_size, date, name, link ? " -> " : "", target);
}

static int list_one(const struct listing *listing, const char *path, const char *name)
{
    struct stat status;
    if (lstat(path, &status) != 0) {
        return failed(path);
    }
    if (listing->long_rows) {
        show_long(path, name, &status);
    } else {
        printf("%s%s\n", name, S_ISDIR(status.st_mode) ? "/" : "");
    }
    return exit_ok;
}

static int list_entry(const char *path, void *context, unsigned depth)
{
    const struct listing *listing = context;
    const char *name = last_name(path);
    (void)depth;
    return name[0] == '.' && !listing->all ? exit_ok : list_one(listing, path, name);
}

static int list(struct listing *listing, const char *path)
{
    if (!is_directory(path)) {
        return list_one(listing, path, path);
    }
    if (listing->named) {
        printf("%s:\n", path);
    }
    return each_entry(path, list_entry, listing, 0);
}

int command_ls(int argc, char **argv)
{
    struct listing listing = {.all = false};
    struct options options = options_of(argv);
    int worst = exit_ok;
    char option;
    while ((option = option_next(&options, "la")) != '\0') {
        switch (option) {
        case 'l': listing.long_rows = true; break;
        case 'a': listing.all = true; break;
        default: return wrong_usage();
        }
    }
    listing.named = argc - options.at > 1;
    if (options.at == argc) {
        return list(&listing, ".");
    }
    for (int i = options.at; i < argc; i++) {
        int code = list(&listing, argv[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}

/* ---- cp and mv ----------------------------------------------------------------------------------- */

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
    char to[PATH_LEN_MAX];
    return path_below(to, copying->to, last_name(path)) ? copy(path, to, copying->deep, depth)
                                                        : exit_failed;
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

/* A directory within itself would never end. */
static bool is_below(const char *path, const char *directory)
{
    size_t len = strlen(directory);
    return strncmp(path, directory, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static int copy_deep(const char *from, const char *to, bool deep)
{
    if (is_directory(from) && is_below(to, from)) {
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
        char below[PATH_LEN_MAX];
        int code = path_below(below, to, last_name(names[i])) ? function(names[i], below, deep)
                                                              : exit_failed;
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

/* ---- rm and mkdir -------------------------------------------------------------------------------- */

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
        int code = remove_path(argv[i], &removal, 0);
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

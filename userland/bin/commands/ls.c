/* SPDX-License-Identifier: MIT */
/* ls: what is in directories. */
#include "userland/bin/commands/commands.h"
#include "userland/bin/commands/paths.h"
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct listing {
    bool long_rows, all, named;
};

static void show_long(const char *path, const char *name, const struct stat *status)
{
    char date[32] = "";
    char target[path_room] = "";
    bool link = S_ISLNK(status->st_mode);
    strftime(date, sizeof(date), "%Y-%m-%d %H:%M", gmtime(&status->st_mtime));
    if (link && readlink(path, target, sizeof(target) - 1) < 0) {
        target[0] = '\0';
    }
    printf("%c%c%c %10llu %s %s%s%s\n",
           link                       ? 'l'
           : S_ISDIR(status->st_mode) ? 'd'
           : S_ISCHR(status->st_mode) ? 'c'
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

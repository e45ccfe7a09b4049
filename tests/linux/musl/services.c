/* SPDX-License-Identifier: MIT */
/* The file service dies: with each line on stdout the program asks for that, and it has happened when stdin tells. */
#define _GNU_SOURCE
#include "check.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096 };

static void let_it_die(void)
{
    char c;
    check(write(1, "!", 1) == 1 && read(0, &c, 1) == 1);
}

static int is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* What was open is lost, what is mapped isn't. */
static void check_open(int file, DIR *directory, const char *mapped)
{
    char c;
    struct stat status;
    check_error(EIO, read(file, &c, 1));
    check_error(EIO, write(file, "x", 1));
    check_error(EIO, fstat(file, &status));
    check_error(EIO, lseek(file, 0, SEEK_END));
    check_error(EIO, openat(dirfd(directory), "kept", O_RDONLY));
    errno = 0;
    check(readdir(directory) == NULL && errno == EIO);
    check(strcmp(mapped, "bytes of a file") == 0 && mapped[PAGE - 1] == 0);
    check(close(file) == 0 && closedir(directory) == 0);
}

/* Each kind of call may be the first that finds that the service has gone. */
static void check_calls(void)
{
    char c;
    struct stat status;
    let_it_die();
    check_error(ENOENT, access("/new", F_OK));
    let_it_die();
    check(mkdir("/new", 0755) == 0 && is_directory("/new"));
    let_it_die();
    check_error(ENOENT, unlink("/new"));
    let_it_die();
    check(symlink("target", "/link") == 0 && lstat("/link", &status) == 0);
    let_it_die();
    check_error(ENOENT, rename("/link", "/other"));
    let_it_die();
    check_error(ENOENT, readlink("/link", &c, 1));
    let_it_die();
    check_error(ENOENT, truncate("/new", 0));
    let_it_die();
    check_error(ENOENT, chmod("/new", 0));
    let_it_die();
    check_error(ENOENT, utimensat(AT_FDCWD, "/new", NULL, 0));
    let_it_die();
    check(chdir("/bin") == 0 && access("server", F_OK) == 0);
}

int service_replaced(void)
{
    char path[32];
    check(mkdir("/made", 0755) == 0 && chdir("/bin") == 0);
    int file = open("/made/kept", O_RDWR | O_CREAT, 0644);
    check(write(file, "bytes of a file", 15) == 15);
    const char *mapped = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file, 0);
    DIR *directory = opendir("/made");
    check(mapped != MAP_FAILED && directory != NULL);
    let_it_die();
    check(access("server", F_OK) == 0 && strcmp(getcwd(path, sizeof(path)), "/bin") == 0);
    check(!is_directory("/made"));
    check_open(file, directory, mapped);
    file = open("files", O_RDONLY);
    check(file >= 0 && read(file, path, 4) == 4 && memcmp(path, "\177ELF", 4) == 0);
    check(close(file) == 0);
    check_calls();
    check(mkdir("/made", 0755) == 0 && chdir("/made") == 0 && mkdir("below", 0755) == 0);
    let_it_die();
    check_error(ENOENT, open("x", O_CREAT | O_RDWR, 0644)); /* the directory has gone */
    check(is_directory("/bin") && chdir("/") == 0 && is_directory("bin"));
    return 0;
}

/* Where nobody tells of another one. */
int service_gone(void)
{
    struct stat status;
    check(is_directory("/tmp"));
    let_it_die();
    check_error(EIO, open("/tmp/x", O_RDWR | O_CREAT, 0644));
    check_error(EIO, stat("tmp", &status));
    check_error(EIO, mkdir("/x", 0755));
    return 0;
}

/* Begins in a directory below the top, whose path PWD tells. */
int directory_given(void)
{
    char path[32];
    check(strcmp(getcwd(path, sizeof(path)), "/etc") == 0);
    check(access("motd", F_OK) == 0 && access("/etc/motd", F_OK) == 0 && access("/motd", F_OK));
    check(chdir("..") == 0 && strcmp(getcwd(path, sizeof(path)), "/") == 0);
    check(access("etc/motd", F_OK) == 0);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* What calls for files refuse, and how. */
#define _GNU_SOURCE
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int link_errors(void)
{
    struct stat stat;
    check(mkdir("/tmp/there", 0755) == 0 && symlink("there", "/tmp/link") == 0);
    check(symlink("loop", "/tmp/loop") == 0 && lstat("/tmp/loop", &stat) == 0);
    check_error(ELOOP, open("/tmp/loop", O_RDONLY));
    check_error(ELOOP, open("/tmp/link", O_RDONLY | O_NOFOLLOW));
    check_error(ELOOP, truncate("/tmp/loop", 0));
    check_error(ELOOP, mkdir("/tmp/loop/x", 0755));
    check_error(ELOOP, rename("/tmp/loop/x", "/tmp/x"));
    check_error(ENOTDIR, rmdir("/tmp/link"));
    check_error(ENOTDIR, rmdir("/tmp/link/"));
    check_error(ENOTDIR, rename("/tmp/link/", "/tmp/x"));
    check(lstat("/tmp/link/", &stat) == 0 && S_ISDIR(stat.st_mode));
    return unlink("/tmp/loop") || unlink("/tmp/link") || rmdir("/tmp/there");
}

static void check_long_name(void)
{
    char name[257];
    memset(name, 'n', sizeof(name));
    name[256] = '\0';
    check_error(ENAMETOOLONG, open(name, O_RDWR | O_CREAT, 0644));
    check_error(ENAMETOOLONG, truncate(name, 0));
    check_error(ENAMETOOLONG, rename("/tmp/file", name));
    name[255] = '\0';
    check(mkdir(name, 0755) == 0 && access(name, F_OK) == 0 && rmdir(name) == 0);
}

/* Two directories, one in the other. */
static void check_directories(void)
{
    check(mkdir("/tmp/a", 0755) == 0 && mkdir("/tmp/a/b", 0755) == 0);
    check_error(EISDIR, open("/tmp/a", O_RDONLY | O_CREAT, 0644));
    check_error(EISDIR, rename("/tmp/file", "/tmp/a"));
    check_error(ENOTDIR, rename("/tmp/a", "/tmp/file"));
    check_error(EINVAL, rename("/tmp/a", "/tmp/a/b/c"));
    check_error(ENOTEMPTY, rename("/tmp/a/b", "/tmp/a"));
    check_error(EEXIST, syscall(SYS_renameat2, AT_FDCWD, "/tmp/a/b", AT_FDCWD, "/tmp/a", 1));
    check(rmdir("/tmp/a/b") == 0 && rmdir("/tmp/a") == 0);
}

int file_errors(void)
{
    char long_path[2000];
    memset(long_path, 'x', sizeof(long_path));
    long_path[1999] = '\0';
    int made = open("/tmp/file", O_WRONLY | O_CREAT, 0644);
    check(made >= 0 && close(made) == 0);
    check_error(ENOENT, open("/tmp/none", O_RDONLY));
    check_error(ENOENT, open("", O_RDONLY));
    check_error(EEXIST, open("/tmp/file", O_RDWR | O_CREAT | O_EXCL, 0600));
    check_error(ENOTDIR, open("/tmp/file/x", O_RDONLY));
    check_error(ENOTDIR, open("/tmp/file", O_RDONLY | O_DIRECTORY));
    check_error(EISDIR, open("/tmp", O_WRONLY));
    check_error(ENAMETOOLONG, open(long_path, O_RDONLY));
    check_error(EFAULT, open((char *)8, O_RDONLY));
    check_error(EBADF, openat(99, "x", O_RDONLY));
    check_error(ENOTDIR, openat(1, "x", O_RDONLY));
    check_error(EEXIST, mkdir("/tmp", 0));
    check_error(ENOTDIR, rmdir("/tmp/file"));
    check_error(EISDIR, unlink("/tmp"));
    check_error(EINVAL, readlink("/tmp/file", long_path, 100));
    check_error(ENOENT, rename("/tmp/none", "/tmp/x"));
    check_error(ENOENT, chdir("/tmp/none"));
    check_error(ENOTDIR, chdir("/tmp/file"));
    check_error(EINVAL, truncate("/tmp/file", -1));
    errno = 0;
    check(getcwd(long_path, 1) == NULL && errno == ERANGE);
    int directory = open("/tmp", O_RDONLY);
    check(directory >= 0);
    check_error(EISDIR, read(directory, long_path, 1));
    check_error(EINVAL, lseek(directory, -1, SEEK_SET));
    check_error(EINVAL, utimensat(AT_FDCWD, "/tmp", NULL, 1));
    check(fsync(directory) == 0);
    check_error(EINVAL, fsync(1));
    check_long_name();
    check_directories();
    return unlink("/tmp/file");
}

/* Where the program was given no files. */
int no_files(void)
{
    check_error(ENOENT, open("/tmp", O_RDONLY));
    check_error(ENOENT, access(".", F_OK));
    return 0;
}

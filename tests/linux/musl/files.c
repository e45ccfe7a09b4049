/* SPDX-License-Identifier: MIT */
/* Files, in the folder /tmp, which is empty at first. */
#define _GNU_SOURCE
#include "check.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE = 4096 };

static void make(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    check(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static int has(const char *path, const char *text)
{
    char buf[200];
    FILE *file = fopen(path, "r");
    check(file != NULL);
    size_t len = fread(buf, 1, sizeof(buf), file);
    check(fclose(file) == 0);
    return len == strlen(text) && memcmp(buf, text, len) == 0;
}

int file_bytes(void)
{
    char buf[16];
    struct stat stat;
    int file = open("/tmp/bytes", O_RDWR | O_CREAT | O_EXCL, 0644);
    check(file == 3 && write(file, "0123456789", 10) == 10);
    check(lseek(file, 2, SEEK_SET) == 2 && read(file, buf, 3) == 3 && memcmp(buf, "234", 3) == 0);
    check(lseek(file, -1, SEEK_END) == 9 && read(file, buf, 16) == 1 && read(file, buf, 1) == 0);
    check(pread(file, buf, 2, 4) == 2 && memcmp(buf, "45", 2) == 0 && lseek(file, 0, 1) == 10);
    check(pwrite(file, "ab", 2, 12) == 2 && fstat(file, &stat) == 0 && stat.st_size == 14);
    check(S_ISREG(stat.st_mode) && stat.st_ino != 0 && (stat.st_mode & 0200));
    check(ftruncate(file, 3) == 0 && close(file) == 0 && has("/tmp/bytes", "012"));
    file = open("/tmp/bytes", O_WRONLY | O_APPEND);
    check(write(file, "x", 1) == 1 && lseek(file, 0, SEEK_SET) == 0 && write(file, "y", 1) == 1);
    check_error(EBADF, read(file, buf, 1));
    check(close(file) == 0 && has("/tmp/bytes", "012xy"));
    check(truncate("/tmp/bytes", 1) == 0 && has("/tmp/bytes", "0"));
    static char large[300000];
    memset(large, 'l', sizeof(large));
    file = open("/tmp/bytes", O_RDWR | O_TRUNC);
    check(write(file, large, sizeof(large)) == sizeof(large));
    memset(large, 0, sizeof(large));
    check(pread(file, large, sizeof(large), 0) == sizeof(large) && large[299999] == 'l');
    check_error(EFAULT, pread(file, (char *)8, 8, 0));
    check_error(EFAULT, write(file, (char *)8, 8));
    struct pollfd entry = {file, POLLIN | POLLOUT | POLLPRI, 0};
    check(poll(&entry, 1, -1) == 1 && entry.revents == (POLLIN | POLLOUT));
    entry.events = POLLPRI;
    check(poll(&entry, 1, 1) == 0);
    return unlink("/tmp/bytes");
}

/* In a directory with a link `link` and files `two` and `three`. */
static int count_entries(DIR *directory)
{
    int count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL; count++) {
        check(strcmp(entry->d_name, "two") == 0 || strcmp(entry->d_name, "three") == 0 ||
              (strcmp(entry->d_name, "link") == 0 && entry->d_type == DT_LNK) ||
              (entry->d_name[0] == '.' && entry->d_type == DT_DIR));
    }
    return count;
}

/* The first two, with the numbers of what they are; a place between them is found again. */
static void check_dots(DIR *directory)
{
    struct stat stat;
    struct dirent *entry = readdir(directory);
    check(entry != NULL && strcmp(entry->d_name, ".") == 0 && fstatat(3, ".", &stat, 0) == 0);
    check(entry->d_ino == stat.st_ino);
    long between = telldir(directory);
    entry = readdir(directory);
    check(entry != NULL && strcmp(entry->d_name, "..") == 0 && fstatat(3, "..", &stat, 0) == 0);
    check(entry->d_ino == stat.st_ino);
    seekdir(directory, between);
    entry = readdir(directory);
    check(entry != NULL && strcmp(entry->d_name, "..") == 0);
}

int file_tree(void)
{
    char buf[100];
    struct stat stat;
    check(chdir("/tmp") == 0 && strcmp(getcwd(buf, sizeof(buf)), "/tmp") == 0);
    check(mkdir("a", 0755) == 0 && chdir("a/./../a") == 0);
    check(strcmp(getcwd(buf, sizeof(buf)), "/tmp/a") == 0);
    make("one", "1");
    make("two", "2");
    check(rename("one", "three") == 0 && access("one", F_OK) == -1 && has("/tmp/a/three", "1"));
    check(symlink("three", "link") == 0 && has("link", "1"));
    check(readlink("link", buf, sizeof(buf)) == 5 && memcmp(buf, "three", 5) == 0);
    check(lstat("link", &stat) == 0 && S_ISLNK(stat.st_mode));
    DIR *directory = opendir(".");
    check(directory != NULL);
    check(count_entries(directory) == 5);
    check(readdir(directory) == NULL);
    rewinddir(directory);
    check_dots(directory);
    check(count_entries(directory) == 3 && fstatat(dirfd(directory), "two", &stat, 0) == 0);
    check(openat(dirfd(directory), "two", O_RDONLY) >= 0 && closedir(directory) == 0);
    check_error(ENOTEMPTY, rmdir("/tmp/a"));
    check(unlink("two") == 0 && unlink("link") == 0 && chdir("/") == 0);
    struct timeval times[2] = {{0, 0}, {77, 5}};
    check(utimes("/tmp/a/three", times) == 0 && lstat("/tmp/a/three", &stat) == 0);
    check(stat.st_mtim.tv_sec == 77 && stat.st_mtim.tv_nsec == 5000);
    check(chmod("/tmp/a/three", 0555) == 0 && access("/tmp/a/three", X_OK) == 0);
    check_error(EACCES, access("/tmp/a/three", W_OK));
    return unlink("/tmp/a/three") || rmdir("/tmp/a");
}

int file_mapping(void)
{
    make("/tmp/map", "mapped text");
    int file = open("/tmp/map", O_RDWR);
    char *own = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    check(own != MAP_FAILED && strcmp(own, "mapped text") == 0);
    own[0] = 'M';
    char *shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    check(shared != MAP_FAILED && shared[0] == 'm');
    shared[0] = 'X';
    check(has("/tmp/map", "Xapped text") && own[0] == 'M');
    check(pwrite(file, "Y", 1, 0) == 1 && shared[0] == 'Y');
    check(madvise(shared, PAGE, MADV_DONTNEED) == 0 && shared[0] == 'Y');
    check(msync(shared, PAGE, MS_SYNC) == 0);
    check_error(EINVAL, msync(shared + 1, PAGE, MS_SYNC));
    check_error(EINVAL, msync(shared, PAGE, MS_SYNC | MS_ASYNC));
    check_error(ENXIO, mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file, PAGE));
    check_error(EACCES, mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0));
    check(munmap(own, 2 * PAGE) == 0 && munmap(shared, PAGE) == 0 && close(file) == 0);
    check_error(ENOMEM, msync(shared, PAGE, MS_SYNC));
    file = open("/tmp/map", O_RDONLY);
    check_error(EACCES, mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
    return unlink("/tmp/map");
}

/* What is open lives on without its name, or where another file takes it. */
int file_kept_open(void)
{
    char buf[8];
    struct stat stat;
    make("/tmp/one", "one");
    make("/tmp/two", "two");
    int one = open("/tmp/one", O_RDWR);
    int two = open("/tmp/two", O_RDWR);
    check(rename("/tmp/one", "/tmp/two") == 0 && access("/tmp/one", F_OK) == -1);
    check(pread(one, buf, 8, 0) == 3 && memcmp(buf, "one", 3) == 0);
    check(pread(two, buf, 8, 0) == 3 && memcmp(buf, "two", 3) == 0);
    check(write(one, "ONE", 3) == 3 && has("/tmp/two", "ONE"));
    check(unlink("/tmp/two") == 0 && write(two, "TWO!", 4) == 4);
    check(fstat(two, &stat) == 0 && stat.st_size == 4 && ftruncate(one, 1) == 0);
    check(pread(one, buf, 8, 0) == 1 && close(one) == 0 && close(two) == 0);
    return 0;
}

/* Where bytes go, beyond the simple case. */
int file_offsets(void)
{
    char buf[8];
    make("/tmp/file", "0123");
    int file = open("/tmp/file", O_RDWR);
    check(lseek(file, 6, SEEK_SET) == 6 && read(file, buf, 8) == 0 && write(file, "6", 1) == 1);
    check(pread(file, buf, 8, 0) == 7 && memcmp(buf, "0123\0\0006", 7) == 0);
    check(fcntl(file, F_SETFL, O_APPEND) == 0 && lseek(file, 1, SEEK_SET) == 1);
    check(write(file, "7", 1) == 1 && lseek(file, 0, SEEK_CUR) == 8);
    check(pwrite(file, "8", 1, 0) == 1 && lseek(file, 0, SEEK_END) == 9); /* as on Linux */
    check(fcntl(file, F_SETFL, 0) == 0 && lseek(file, 1, SEEK_SET) == 1);
    check(write(file, "x", 1) == 1 && ftruncate(file, 4) == 0 && has("/tmp/file", "0x23"));
    check_error(EFBIG, pwrite(file, "x", 1, 0x7ffffffffffffff0));
    check_error(EFBIG, ftruncate(file, 0x7fffffffffffffff));
    struct iovec pieces[] = {{"ab", 2}, {(void *)8, 1}, {"cd", 2}};
    check(lseek(file, 0, SEEK_SET) == 0 && writev(file, pieces, 3) == 2 && close(file) == 0);
    file = open("/tmp/file", O_RDONLY | O_APPEND);
    check(read(file, buf, 8) == 4 && close(file) == 0);
    file = open("/tmp/file", O_RDONLY | O_TRUNC);
    check(file >= 0 && has("/tmp/file", ""));
    check_error(EBADF, write(file, "x", 1));
    return close(file) || unlink("/tmp/file");
}

/* SPDX-License-Identifier: MIT */
/* The heap, and mappings. */
#define _GNU_SOURCE
#include "check.h"
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { PAGE = 4096, READ_WRITE = PROT_READ | PROT_WRITE, ANONYMOUS = MAP_PRIVATE | MAP_ANONYMOUS };

static char *map(size_t len, int protection)
{
    char *at = mmap(NULL, len, protection, ANONYMOUS, -1, 0);
    check(at != MAP_FAILED);
    return at;
}

/* Found out by letting the system do it. */
static int can_read(const char *at)
{
    int pair[2];
    char c;
    check(pipe(pair) == 0);
    int yes = write(pair[1], at, 1) == 1;
    check(yes || errno == EFAULT);
    check(!yes || read(pair[0], &c, 1) == 1);
    check(close(pair[0]) == 0 && close(pair[1]) == 0);
    return yes;
}

static int can_write(char *at)
{
    int yes = getrandom(at, 1, 0) == 1;
    check(yes || errno == EFAULT);
    return yes;
}

int allocation(void)
{
    enum { COUNT = 500 };
    char *blocks[COUNT];
    for (int i = 0; i < COUNT; i++) {
        blocks[i] = malloc((size_t)i * 37 + 1);
        check(blocks[i] != NULL);
        memset(blocks[i], i, (size_t)i * 37 + 1);
    }
    for (int i = 0; i < COUNT; i++) {
        check(blocks[i][i * 37] == (char)i);
        free(blocks[i]);
    }
    char *large = malloc(1 << 20);
    check(large != NULL);
    for (size_t size = 1 << 20; size < 32 << 20; size *= 2) {
        large[size - 1] = 42;
        large[0] = 17;
        large = realloc(large, size * 2);
        check(large != NULL && large[size - 1] == 42 && large[0] == 17);
    }
    free(large);
    char *zero = calloc(1000, 1000);
    check(zero != NULL && zero[999999] == 0);
    free(zero);
    errno = 0;
    volatile size_t huge = SIZE_MAX / 4;
    check(malloc(huge) == NULL && errno == ENOMEM);
    return 0;
}

int mapping(void)
{
    char *at = map(4 * PAGE, READ_WRITE);
    at[0] = 1;
    at[4 * PAGE - 1] = 2;
    check(mmap(at + PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED);
    check(errno == EEXIST);
    at[PAGE] = 3;
    check(mmap(at + PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0) == at + PAGE);
    check(at[PAGE] == 0 && at[0] == 1 && at[4 * PAGE - 1] == 2);
    check(munmap(at, 4 * PAGE) == 0);
    check(mmap(at, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == at);
    check(munmap(at, 4 * PAGE) == 0);
    char *none = map(PAGE, PROT_NONE);
    check(!can_read(none));
    check(munmap(none, PAGE) == 0);
    check_error(EINVAL, mmap(NULL, 0, READ_WRITE, ANONYMOUS, -1, 0));
    check_error(EINVAL, mmap(NULL, PAGE, READ_WRITE, MAP_ANONYMOUS, -1, 0));
    check_error(EINVAL, mmap((void *)1, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED, -1, 0));
    check_error(EACCES, mmap(NULL, PAGE, READ_WRITE | PROT_EXEC, ANONYMOUS, -1, 0));
    check_error(EBADF, mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 99, 0));
    check_error(ENODEV, mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 1, 0));
    check_error(ENOMEM, mmap(NULL, 1ul << 60, READ_WRITE, ANONYMOUS, -1, 0));
    check_error(EINVAL, munmap((void *)1, PAGE));
    check_error(EINVAL, munmap(at, 0));
    return 0;
}

/* Parts of mappings: what is left is whole. */
int cutting(void)
{
    char *at = map(8 * PAGE, READ_WRITE);
    for (int i = 0; i < 8; i++) {
        at[i * PAGE] = (char)(i + 1);
    }
    check(munmap(at + 2 * PAGE, PAGE) == 0);
    check(munmap(at + 5 * PAGE, 2 * PAGE) == 0);
    check(at[0] == 1 && at[PAGE] == 2 && at[3 * PAGE] == 4 && at[4 * PAGE] == 5 &&
          at[7 * PAGE] == 8);
    check(can_read(at) && !can_read(at + 2 * PAGE) && !can_read(at + 6 * PAGE));
    check_error(ENOMEM, mprotect(at, 8 * PAGE, PROT_READ));
    check(mprotect(at, 2 * PAGE, READ_WRITE) == 0 && can_write(at + PAGE));
    check(mprotect(at + PAGE, PAGE, PROT_READ) == 0);
    check(!can_write(at + PAGE) && can_read(at + PAGE) && can_write(at));
    check(mprotect(at, 2 * PAGE, READ_WRITE) == 0);
    check(can_write(at + PAGE));
    check_error(EACCES, mprotect(at, PAGE, READ_WRITE | PROT_EXEC));
    check(munmap(at, 8 * PAGE) == 0);
    check(!can_read(at) && !can_read(at + 3 * PAGE) && !can_read(at + 7 * PAGE));
    return 0;
}

static char written[3 * PAGE] = {1};
static const char constant[3 * PAGE] = {2};
static char zeros[3 * PAGE];

static char *page_in(const char *bytes)
{
    return (char *)(((uintptr_t)bytes + PAGE - 1) & -(uintptr_t)PAGE);
}

static int function(void)
{
    return 42;
}

/* The program's own memory: code, constants, variables, and the first stack. */
int segments(void)
{
    char local;
    char *own[] = {page_in(written), page_in(zeros)};
    for (int i = 0; i < 2; i++) {
        own[i][PAGE + 1] = 7;
        check(mprotect(own[i], PAGE, PROT_READ) == 0 && can_read(own[i]) && !can_write(own[i]));
        check(can_write(own[i] + PAGE));
        check(mprotect(own[i], PAGE, PROT_NONE) == 0 && !can_read(own[i]));
        check(mprotect(own[i], PAGE, READ_WRITE) == 0 && can_write(own[i]));
        check_error(EACCES, mprotect(own[i], PAGE, READ_WRITE | PROT_EXEC));
        check(own[i][PAGE + 1] == 7 && madvise(own[i], 2 * PAGE, MADV_FREE) == 0);
    }
    char *fixed = page_in(constant);
    check(!can_write(fixed) && mprotect(fixed, PAGE, READ_WRITE) == 0 && can_write(fixed));
    char *code = (char *)((uintptr_t)function & -(uintptr_t)PAGE);
    check(!can_write(code) && mprotect(code, PAGE, PROT_READ) == 0);
    check(mprotect(code, PAGE, PROT_READ | PROT_EXEC) == 0 && function() == 42);
    char *stack = (char *)((uintptr_t)&local & -(uintptr_t)PAGE);
    check_error(EACCES, mprotect(stack, PAGE, PROT_READ));
    check_error(ENOMEM, mprotect((char *)PAGE, PAGE, PROT_READ));
    check_error(ENOMEM, mremap(stack, PAGE, 2 * PAGE, 0));
    return 0;
}

int remapping(void)
{
    char *at = map(16 * PAGE, READ_WRITE);
    memset(at, 7, 16 * PAGE);
    check(mremap(at, 16 * PAGE, 8 * PAGE, 0) == at);
    check(!can_read(at + 8 * PAGE) && at[8 * PAGE - 1] == 7);
    char *beyond = mmap(at + 8 * PAGE, PAGE, READ_WRITE, ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    check(beyond == at + 8 * PAGE);
    check_error(ENOMEM, mremap(at, 8 * PAGE, 9 * PAGE, 0));
    char *moved = mremap(at, 8 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
    check(moved != MAP_FAILED && moved != at && !can_read(at));
    check(moved[0] == 7 && moved[8 * PAGE - 1] == 7 && moved[8 * PAGE] == 0 &&
          moved[64 * PAGE - 1] == 0);
    char *part = mremap(moved + 2 * PAGE, PAGE, 100 * PAGE, MREMAP_MAYMOVE);
    check(part != MAP_FAILED && part[0] == 7 && part[PAGE] == 0 && !can_read(moved + 2 * PAGE));
    check(moved[PAGE] == 7 && moved[3 * PAGE] == 7);
    char *longer = mremap(part, 100 * PAGE, 101 * PAGE, MREMAP_MAYMOVE);
    check(longer != MAP_FAILED && longer[0] == 7);
    longer[101 * PAGE - 1] = 9;
    check(munmap(longer, 101 * PAGE) == 0 && munmap(moved, 64 * PAGE) == 0);
    check(!can_read(longer) && !can_read(longer + 100 * PAGE));
    check(munmap(beyond, PAGE) == 0);
    check_error(EFAULT, mremap(at, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
    check_error(EINVAL, mremap(at + 1, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
    return 0;
}

int heap(void)
{
    char *start = sbrk(0);
    check(start != (void *)-1);
    check(syscall(12, start + 3 * PAGE + 5) == (long)(start + 3 * PAGE + 5));
    memset(start, 5, 3 * PAGE + 5);
    check(syscall(12, start + PAGE) == (long)(start + PAGE));
    check(can_read(start) && !can_read(start + PAGE));
    check(syscall(12, start + 2 * PAGE) == (long)(start + 2 * PAGE));
    check(start[0] == 5 && start[PAGE] == 0);
    check(syscall(12, 1ul << 46) == (long)(start + 2 * PAGE));
    check(syscall(12, start) == (long)start);
    check(!can_read(start));
    return 0;
}

int advice(void)
{
    char *at = map(4 * PAGE, READ_WRITE);
    memset(at, 1, 4 * PAGE);
    check(madvise(at + PAGE, 2 * PAGE, MADV_DONTNEED) == 0);
    check(at[0] == 1 && at[PAGE] == 0 && at[3 * PAGE - 1] == 0 && at[3 * PAGE] == 1);
    check(madvise(at, 4 * PAGE, MADV_SEQUENTIAL) == 0);
    check(munmap(at, 4 * PAGE) == 0);
    check_error(ENOMEM, madvise(at, PAGE, MADV_DONTNEED));
    check_error(EINVAL, madvise(at + 1, PAGE, MADV_DONTNEED));
    return 0;
}

/* Addresses that aren't the program's are an error of the call. */
int addresses(void)
{
    char *bad[] = {
        NULL,       (char *)8,           (char *)0x7ffffffff000, (char *)0xffff800000000000,
        (char *)-8, map(PAGE, PROT_NONE)};
    int pair[2];
    check(pipe(pair) == 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct iovec vector = {bad[i], 8};
        check_error(EFAULT, write(pair[1], bad[i], 8));
        check_error(EFAULT, writev(pair[1], &vector, 1));
        check_error(EFAULT, writev(pair[1], (struct iovec *)bad[i], 1));
        check_error(EFAULT, write(1, bad[i], 8));
        check_error(EFAULT, pipe((int *)bad[i]));
        check_error(EFAULT, uname((struct utsname *)bad[i]));
        check_error(EFAULT, getrandom(bad[i], 8, 0));
        check_error(EFAULT, syscall(35, bad[i], NULL));
        check_error(EFAULT, syscall(7, bad[i], 1, 0));
    }
    check(write(pair[1], "12345678", 8) == 8);
    check_error(EFAULT, read(pair[0], bad[5], 8));
    char *page = map(2 * PAGE, READ_WRITE);
    check(munmap(page + PAGE, PAGE) == 0);
    ssize_t got = read(pair[0], page + PAGE - 4, 8); /* what there was room for, or nothing */
    check(got == 4 ? memcmp(page + PAGE - 4, "1234", 4) == 0 : got == -1 && errno == EFAULT);
    check_error(EFAULT, uname((struct utsname *)(page + PAGE - 4)));
    return 0;
}

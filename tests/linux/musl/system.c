/* SPDX-License-Identifier: MIT */
/* Time, signals, descriptors, the end, and what isn't served. */
#define _GNU_SOURCE
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { LINES = 100 };

static long now(clockid_t clock)
{
    struct timespec time;
    check(clock_gettime(clock, &time) == 0);
    return time.tv_sec * 1000000000 + time.tv_nsec;
}

int clocks(void)
{
    struct timespec time;
    struct timeval of_day;
    long first = now(CLOCK_MONOTONIC);
    check(now(CLOCK_MONOTONIC) >= first && now(CLOCK_REALTIME) > 0);
    check(clock_getres(CLOCK_MONOTONIC, &time) == 0 && time.tv_nsec == 1);
    check(gettimeofday(&of_day, NULL) == 0 && of_day.tv_sec >= time.tv_sec);
    check(clock() != (clock_t)-1);
    check_error(EINVAL, clock_gettime(99, &time));
    return 0;
}

int sleeping(void)
{
    struct timespec time = {0, 5000000};
    long first = now(CLOCK_MONOTONIC);
    check(nanosleep(&time, NULL) == 0 && now(CLOCK_MONOTONIC) - first >= 5000000);
    long wanted = now(CLOCK_MONOTONIC) + 5000000;
    time = (struct timespec){wanted / 1000000000, wanted % 1000000000};
    check(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == 0);
    check(now(CLOCK_MONOTONIC) >= wanted);
    time = (struct timespec){0, 1000000000};
    check_error(EINVAL, nanosleep(&time, NULL));
    check(clock_nanosleep(99, 0, &(struct timespec){0, 1}, NULL) == EINVAL);
    return 0;
}

static volatile sig_atomic_t handled;
static volatile int handled_signal;

static void handle(int signal)
{
    volatile double x = signal; /* disturbs what the program has in these registers */
    handled_signal = (int)(x * 1.0);
    handled++;
}

int handlers(void)
{
    volatile double kept = 1.25;
    signal(SIGUSR1, handle);
    double before = kept * 3;
    check(raise(SIGUSR1) == 0 && handled == 1 && handled_signal == SIGUSR1);
    check(before == 3.75);
    check(kill(getpid(), SIGUSR1) == 0 && handled == 2);
    signal(SIGUSR1, SIG_IGN);
    check(raise(SIGUSR1) == 0 && handled == 2);
    check(raise(SIGCHLD) == 0);
    check_error(ESRCH, kill(1 << 29, SIGUSR1));
    check_error(EINVAL, kill(getpid(), 100));
    check(signal(SIGKILL, handle) == SIG_ERR && errno == EINVAL);
    return 0;
}

int pending(void)
{
    sigset_t set, old;
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESETHAND};
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    check(sigaction(SIGUSR2, &action, NULL) == 0);
    check(sigprocmask(SIG_BLOCK, &set, &old) == 0 && !sigismember(&old, SIGUSR2));
    check(raise(SIGUSR2) == 0 && handled == 0);
    check(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0 && handled == 1);
    check(sigaction(SIGUSR2, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    return 0;
}

int aborting(void)
{
    abort();
}

int broken_pipe(void)
{
    int pair[2];
    check(pipe(pair) == 0 && close(pair[0]) == 0);
    signal(SIGPIPE, SIG_IGN);
    check_error(EPIPE, write(pair[1], "x", 1));
    signal(SIGPIPE, SIG_DFL);
    check(write(pair[1], "x", 1) == 0);
    return 0;
}

static void *wait_for_ever(void *argument)
{
    pause();
    for (;;) {
        sleep(1000);
    }
    return argument;
}

/* No handler runs in another thread, but what ends the process does. */
int thread_signals(void)
{
    pthread_t thread;
    check(pthread_create(&thread, NULL, wait_for_ever, NULL) == 0);
    signal(SIGUSR1, handle);
    check(pthread_kill(thread, SIGUSR1) == ENOSYS);
    check(pthread_kill(thread, SIGTERM) == 0);
    return 0;
}

int descriptors(void)
{
    int pair[2];
    struct stat status;
    check(pipe2(pair, O_CLOEXEC) == 0 && pair[0] == 3 && pair[1] == 4);
    check(fcntl(3, F_GETFD) == FD_CLOEXEC && fcntl(3, F_SETFD, 0) == 0 && fcntl(3, F_GETFD) == 0);
    check(dup(3) == 5 && dup2(4, 9) == 9 && fcntl(3, F_DUPFD, 20) == 20);
    check(write(9, "abc", 3) == 3);
    char c[4];
    check(read(20, c, 4) == 3 && memcmp(c, "abc", 3) == 0);
    check((fcntl(3, F_GETFL) & O_ACCMODE) == O_RDONLY &&
          (fcntl(4, F_GETFL) & O_ACCMODE) == O_WRONLY);
    check_error(EBADF, write(3, "x", 1));
    check_error(EBADF, read(4, c, 1));
    check(fstat(3, &status) == 0 && S_ISFIFO(status.st_mode));
    check(fstat(1, &status) == 0);
    check_error(ESPIPE, lseek(3, 0, SEEK_SET));
    check_error(ENOTTY, ioctl(1, TIOCGWINSZ, c));
    check(!isatty(0));
    for (int i = 3; i < 30; i++) {
        close(i);
    }
    check_error(EBADF, close(3));
    check_error(EBADF, read(99, c, 1));
    check_error(EBADF, dup(-1));
    check_error(EBADF, dup2(3, 4));
    check_error(EINVAL, dup3(1, 1, 0));
    struct rlimit limit;
    check(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    int opened = 0;
    while (dup(1) >= 0) {
        opened++;
    }
    check(errno == EMFILE && (rlim_t)opened == limit.rlim_cur - 3);
    return 0;
}

static void *write_much(void *argument)
{
    static char block[200000];
    memset(block, 'x', sizeof(block));
    check(write(*(int *)argument, block, sizeof(block)) == sizeof(block));
    close(*(int *)argument);
    return NULL;
}

int pipes(void)
{
    int pair[2];
    pthread_t thread;
    check(pipe(pair) == 0);
    check(pthread_create(&thread, NULL, write_much, &pair[1]) == 0);
    static char block[5000];
    size_t total = 0;
    ssize_t got;
    while ((got = read(pair[0], block, sizeof(block))) > 0) {
        total += (size_t)got;
    }
    check(got == 0 && total == 200000);
    check(pthread_join(thread, NULL) == 0);
    check(close(pair[0]) == 0 && pipe2(pair, O_NONBLOCK) == 0);
    check_error(EAGAIN, read(pair[0], block, 1));
    FILE *stream = fdopen(pair[1], "w");
    check(stream != NULL && fprintf(stream, "%d\n", 12345) == 6 && fclose(stream) == 0);
    check(read(pair[0], block, sizeof(block)) == 6 && read(pair[0], block, 1) == 0);
    return 0;
}

static void *write_later(void *argument)
{
    usleep(20000);
    check(write(*(int *)argument, "x", 1) == 1);
    return NULL;
}

int polling(void)
{
    int pair[2];
    char c;
    check(pipe(pair) == 0);
    struct pollfd entries[] = {{pair[0], POLLIN, 0}, {pair[1], POLLOUT, 0}, {-1, POLLIN, 7}};
    check(poll(entries, 3, -1) == 1 && entries[0].revents == 0 && entries[1].revents == POLLOUT &&
          entries[2].revents == 0);
    check(poll(entries, 1, 0) == 0);
    long first = now(CLOCK_MONOTONIC);
    check(poll(entries, 1, 10) == 0 && now(CLOCK_MONOTONIC) - first >= 10000000);
    pthread_t thread;
    check(pthread_create(&thread, NULL, write_later, &pair[1]) == 0);
    check(poll(entries, 1, -1) == 1 && entries[0].revents == POLLIN);
    struct pollfd wrong[] = {{pair[0], POLLOUT, 0}, {pair[1], POLLIN, 0}};
    check(poll(wrong, 2, 0) == 0);
    check(pthread_join(thread, NULL) == 0 && read(pair[0], &c, 1) == 1);
    close(pair[1]);
    check(poll(entries, 1, -1) == 1 && (entries[0].revents & POLLHUP));
    entries[0].fd = 99;
    check(poll(entries, 1, -1) == 1 && entries[0].revents == POLLNVAL);
    check(pipe(pair) == 0 && write(pair[1], "x", 1) == 1);
    struct pollfd normal[] = {{pair[0], POLLRDNORM, 0}, {pair[1], POLLWRNORM, 0}};
    check(poll(normal, 2, -1) == 2 && normal[0].revents == POLLRDNORM);
    check(normal[1].revents == POLLWRNORM && close(pair[0]) == 0);
    check(poll(&normal[1], 1, -1) == 1 && (normal[1].revents & POLLERR));
    check(poll(NULL, 0, 5) == 0);
    return 0;
}

int selecting(void)
{
    int pair[2];
    fd_set in, out;
    struct timeval time = {0, 10000};
    check(pipe(pair) == 0);
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(pair[0], &in);
    check(select(pair[1] + 1, &in, NULL, NULL, &time) == 0 && !FD_ISSET(pair[0], &in));
    FD_SET(pair[0], &in);
    FD_SET(pair[1], &out);
    check(select(pair[1] + 1, &in, &out, NULL, NULL) == 1);
    check(!FD_ISSET(pair[0], &in) && FD_ISSET(pair[1], &out));
    check(write(pair[1], "x", 1) == 1);
    FD_SET(pair[0], &in);
    check(select(pair[1] + 1, &in, &out, NULL, NULL) == 2 && FD_ISSET(pair[0], &in));
    FD_ZERO(&out);
    FD_SET(pair[1], &out);
    check(close(pair[0]) == 0 && select(pair[1] + 1, NULL, &out, NULL, NULL) == 1);
    FD_SET(99, &in);
    check_error(EBADF, select(100, &in, NULL, NULL, NULL));
    check_error(EINVAL, select(-1, NULL, NULL, NULL, NULL));
    check_error(EFAULT, select(1, (fd_set *)8, NULL, NULL, NULL));
    return 0;
}

int usage(void)
{
    struct rusage used;
    struct tms ticks;
    check(getrusage(RUSAGE_SELF, &used) == 0 && times(&ticks) != (clock_t)-1);
    check_error(EINVAL, getrusage(77, &used));
    return 0;
}

int vectors(void)
{
    int pair[2];
    char a[4] = {0}, b[8] = {0};
    check(pipe(pair) == 0);
    struct iovec out[] = {{"ab", 2}, {"", 0}, {"cdef", 4}};
    struct iovec in[] = {{a, 3}, {b, 8}};
    check(writev(pair[1], out, 3) == 6);
    check(readv(pair[0], in, 2) == 6 && memcmp(a, "abc", 3) == 0 && memcmp(b, "def", 3) == 0);
    check(write(pair[1], "123", 3) == 3 && readv(pair[0], in, 2) == 3); /* waits for no more */
    check_error(EINVAL, writev(pair[1], out, -1));
    check_error(EINVAL, writev(pair[1], out, 1025));
    return 0;
}

/* Reads what comes at once, and says so. */
static void *read_lines(void *argument)
{
    char line[16];
    const int *pipes = argument;
    for (int i = 0; i < LINES; i++) {
        check(read(pipes[0], line, sizeof(line)) == 6 && memcmp(line, "line\n\n", 6) == 0);
        check(write(pipes[3], "", 1) == 1);
    }
    return NULL;
}

/* What is printed in pieces comes as one. */
int whole_lines(void)
{
    int pipes[4];
    char c;
    pthread_t thread;
    struct iovec pieces[] = {{"li", 2}, {"", 0}, {"ne\n", 3}, {"\n", 1}};
    check(pipe(pipes) == 0 && pipe(pipes + 2) == 0);
    check(pthread_create(&thread, NULL, read_lines, pipes) == 0);
    for (int i = 0; i < LINES; i++) {
        check(writev(pipes[1], pieces, 4) == 6 && read(pipes[2], &c, 1) == 1);
    }
    return pthread_join(thread, NULL);
}

static void say_goodbye(void)
{
    fputs("goodbye\n", stderr);
}

int exit_code(void)
{
    atexit(say_goodbye);
    exit(7 + 256);
}

static void *exit_later(void *argument)
{
    usleep(10000);
    exit(11);
    return argument;
}

int exit_by_thread(void)
{
    pthread_t thread;
    check(pthread_create(&thread, NULL, exit_later, NULL) == 0);
    pthread_exit(NULL);
}

int unserved(void)
{
    check_error(ENOSYS, fork());
    check_error(ENOSYS, fork());
    check_error(ENOSYS, syscall(SYS_ptrace, 0, 0, 0, 0));
    check_error(ENOSYS, syscall(100000));
    check_error(ENOSYS, syscall(-1));
    check_error(ENOSYS, syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
    return 0;
}

/* All but rax, rcx and r11 come back, and so does what lies below the stack pointer. */
int registers(void)
{
    long result = 39, wrong = 0;
    __asm__ volatile("push %%rbx\n\t"
                     "push %%rbp\n\t"
                     "mov $1, %%ebx\n\tmov $2, %%ebp\n\tmov $3, %%edi\n\tmov $4, %%esi\n\t"
                     "mov $5, %%edx\n\tmov $6, %%r8d\n\tmov $7, %%r9d\n\tmov $8, %%r10d\n\t"
                     "mov $9, %%r12d\n\tmov $10, %%r13d\n\tmov $11, %%r14d\n\tmov $12, %%r15d\n\t"
                     "movq $77, -8(%%rsp)\n\tmovq $78, -128(%%rsp)\n\t"
                     "movq %%rdi, %%xmm7\n\t"
                     "stc\n\t"
                     "syscall\n\t"
                     "setnc %%cl\n\tmovzbl %%cl, %%ecx\n\t"
                     "sub $1, %%rbx\n\tor %%rbx, %%rcx\n\tsub $2, %%rbp\n\tor %%rbp, %%rcx\n\t"
                     "sub $3, %%rdi\n\tor %%rdi, %%rcx\n\tsub $4, %%rsi\n\tor %%rsi, %%rcx\n\t"
                     "sub $5, %%rdx\n\tor %%rdx, %%rcx\n\tsub $6, %%r8\n\tor %%r8, %%rcx\n\t"
                     "sub $7, %%r9\n\tor %%r9, %%rcx\n\tsub $8, %%r10\n\tor %%r10, %%rcx\n\t"
                     "sub $9, %%r12\n\tor %%r12, %%rcx\n\tsub $10, %%r13\n\tor %%r13, %%rcx\n\t"
                     "sub $11, %%r14\n\tor %%r14, %%rcx\n\tsub $12, %%r15\n\tor %%r15, %%rcx\n\t"
                     "subq $77, -8(%%rsp)\n\tor -8(%%rsp), %%rcx\n\t"
                     "subq $78, -128(%%rsp)\n\tor -128(%%rsp), %%rcx\n\t"
                     "movq %%xmm7, %%rdx\n\tsub $3, %%rdx\n\tor %%rdx, %%rcx\n\t"
                     "pop %%rbp\n\tpop %%rbx"
                     : "+a"(result), "=&c"(wrong)
                     :
                     : "rdi", "rsi", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
                       "xmm7", "memory");
    check(result == getpid() && wrong == 0);
    return 0;
}

int identity(void)
{
    struct utsname names;
    struct sysinfo info;
    check(uname(&names) == 0 && strcmp(names.sysname, "Linux") == 0 &&
          strcmp(names.machine, "x86_64") == 0);
    check(getuid() == 0 && getegid() == 0 && getppid() == 0);
    check(sysinfo(&info) == 0 && info.totalram > 0);
    check(umask(0) == 022 && umask(022) == 0);
    struct rlimit limit = {1, 1};
    check_error(EPERM, setrlimit(RLIMIT_NOFILE, &limit));
    check_error(EINVAL, getrlimit(99, &limit));
    return 0;
}

/* Until it is killed; it has several threads in calls. */
int spinning(void)
{
    pthread_t thread;
    for (int i = 0; i < 5; i++) {
        check(pthread_create(&thread, NULL, wait_for_ever, NULL) == 0);
    }
    puts("spinning");
    fflush(stdout);
    for (;;) {
        getppid();
    }
}

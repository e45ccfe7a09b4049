/* SPDX-License-Identifier: MIT */
/*
 * The functions behind calls.def. An argument is converted to its parameter's type as Linux does it: of an
 * int only the lower half counts.
 */
#pragma once
#include "userland/linux/frame.h"
#include "userland/linux/layer.h"

/* ENOSYS, which the log tells once for each call; `how`: behind that, what is asked of a call that is served. */
int64_t call_not_served(uint32_t number, const char *how);

/* memory.c, remap.c, heap.c */
int64_t linux_mmap(uint64_t address, uint64_t len, int protection, int flags, int descriptor,
                   uint64_t offset);
int64_t linux_munmap(uint64_t address, uint64_t len);
int64_t linux_mprotect(uint64_t address, uint64_t len, int protection);
int64_t linux_madvise(uint64_t address, uint64_t len, int advice);
int64_t linux_msync(uint64_t address, uint64_t len, int flags);
int64_t linux_mremap(uint64_t address, uint64_t old_len, uint64_t len, uint64_t flags,
                     uint64_t new_address);
int64_t linux_brk(uint64_t address);

/* read_write.c, control.c, descriptors.c, poll.c, pipe.c */
int64_t linux_read(int descriptor, user_ptr_t buf, uint64_t len);
int64_t linux_write(int descriptor, user_ptr_t buf, uint64_t len);
int64_t linux_readv(int descriptor, user_ptr_t vector, int count);
int64_t linux_writev(int descriptor, user_ptr_t vector, int count);
int64_t linux_close(int descriptor);
int64_t linux_dup(int descriptor);
int64_t linux_dup2(int descriptor, int wanted);
int64_t linux_dup3(int descriptor, int wanted, int flags);
int64_t linux_fcntl(int descriptor, unsigned command, uint64_t argument);
int64_t linux_ioctl(int descriptor, unsigned command, uint64_t argument);
int64_t linux_lseek(int descriptor, int64_t offset, unsigned whence);
int64_t linux_fstat(int descriptor, user_ptr_t status);
int64_t linux_poll(user_ptr_t entries, unsigned count, int milliseconds);
int64_t linux_select(int count, user_ptr_t read, user_ptr_t write, user_ptr_t except,
                     user_ptr_t time);
int64_t linux_pselect6(int count, user_ptr_t read, user_ptr_t write, user_ptr_t except,
                       user_ptr_t time, user_ptr_t mask);
int64_t linux_ppoll(user_ptr_t entries, unsigned count, user_ptr_t time, user_ptr_t mask,
                    uint64_t mask_size);
int64_t linux_pipe(user_ptr_t pair);
int64_t linux_pipe2(user_ptr_t pair, int flags);

int64_t linux_pread64(int descriptor, user_ptr_t buf, uint64_t len, int64_t offset);
int64_t linux_pwrite64(int descriptor, user_ptr_t buf, uint64_t len, int64_t offset);

/* open.c, look.c, place.c */
int64_t linux_open(user_ptr_t path, int flags, unsigned mode);
int64_t linux_openat(int directory, user_ptr_t path, int flags, unsigned mode);
int64_t linux_creat(user_ptr_t path, unsigned mode);
int64_t linux_stat(user_ptr_t path, user_ptr_t stat);
int64_t linux_lstat(user_ptr_t path, user_ptr_t stat);
int64_t linux_newfstatat(int directory, user_ptr_t path, user_ptr_t stat, int flags);
int64_t linux_access(user_ptr_t path, unsigned wanted);
int64_t linux_faccessat(int directory, user_ptr_t path, unsigned wanted);
int64_t linux_readlink(user_ptr_t path, user_ptr_t buf, int64_t size);
int64_t linux_readlinkat(int directory, user_ptr_t path, user_ptr_t buf, int64_t size);
int64_t linux_getdents64(int descriptor, user_ptr_t buf, unsigned size);
int64_t linux_getcwd(user_ptr_t buf, uint64_t size);
int64_t linux_chdir(user_ptr_t path);

/* change.c */
int64_t linux_mkdir(user_ptr_t path, unsigned mode);
int64_t linux_mkdirat(int directory, user_ptr_t path, unsigned mode);
int64_t linux_rmdir(user_ptr_t path);
int64_t linux_unlink(user_ptr_t path);
int64_t linux_unlinkat(int directory, user_ptr_t path, int flags);
int64_t linux_rename(user_ptr_t from, user_ptr_t to);
int64_t linux_renameat(int from_directory, user_ptr_t from, int to_directory, user_ptr_t to);
int64_t linux_renameat2(int from_directory, user_ptr_t from, int to_directory, user_ptr_t to,
                        unsigned flags);
int64_t linux_symlink(user_ptr_t target, user_ptr_t path);
int64_t linux_symlinkat(user_ptr_t target, int directory, user_ptr_t path);
int64_t linux_truncate(user_ptr_t path, int64_t size);
int64_t linux_ftruncate(int descriptor, int64_t size);
int64_t linux_chmod(user_ptr_t path, unsigned mode);
int64_t linux_fchmod(int descriptor, unsigned mode);
int64_t linux_fchmodat(int directory, user_ptr_t path, unsigned mode);
int64_t linux_utimensat(int directory, user_ptr_t path, user_ptr_t times, int flags);
int64_t linux_fsync(int descriptor);
int64_t linux_fdatasync(int descriptor);

/* threads.c, clone.c, exit.c, futex.c */
int64_t linux_clone(struct frame *frame);
int64_t linux_exit(struct frame *frame);
int64_t linux_exit_group(int code);
int64_t linux_set_tid_address(user_ptr_t word);
int64_t linux_gettid(void);
int64_t linux_arch_prctl(int what, uint64_t value);
int64_t linux_futex(user_ptr_t word, int operation, uint32_t value, uint64_t time_or_count,
                    user_ptr_t other, uint32_t expected);
int64_t linux_sched_yield(void);
int64_t linux_sched_getaffinity(int thread, uint64_t size, user_ptr_t mask);

/* time.c, sleep.c */
int64_t linux_clock_gettime(int clock, user_ptr_t time);
int64_t linux_clock_getres(int clock, user_ptr_t resolution);
int64_t linux_gettimeofday(user_ptr_t time, user_ptr_t zone);
int64_t linux_time(user_ptr_t seconds);
int64_t linux_nanosleep(user_ptr_t time, user_ptr_t rest);
int64_t linux_pause(void);
int64_t linux_clock_nanosleep(int clock, int flags, user_ptr_t time, user_ptr_t rest);

/* signals.c */
int64_t linux_rt_sigaction(int signal, user_ptr_t action, user_ptr_t old, uint64_t set_size);
int64_t linux_rt_sigprocmask(struct frame *frame);
int64_t linux_rt_sigreturn(struct frame *frame);
int64_t linux_tkill(struct frame *frame);
int64_t linux_tgkill(struct frame *frame);
int64_t linux_kill(struct frame *frame);

/* identity.c, limits.c */
int64_t linux_getpid(void);
int64_t linux_getppid(void);
int64_t linux_getuid(void);
int64_t linux_geteuid(void);
int64_t linux_getgid(void);
int64_t linux_getegid(void);
int64_t linux_uname(user_ptr_t names);
int64_t linux_umask(unsigned mask);
int64_t linux_getrlimit(unsigned resource, user_ptr_t limit);
int64_t linux_prlimit64(int process, unsigned resource, user_ptr_t limit, user_ptr_t old);
int64_t linux_getrusage(int who, user_ptr_t usage);
int64_t linux_times(user_ptr_t times);
int64_t linux_sysinfo(user_ptr_t info);
int64_t linux_getrandom(user_ptr_t buf, uint64_t len, unsigned flags);

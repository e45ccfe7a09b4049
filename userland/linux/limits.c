/* SPDX-License-Identifier: MIT */
/* What there is of everything. */
#include "userland/linux/calls.h"
#include "userland/linux/clocks.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/stacks.h"
#include "userland/linux/threads.h"
#include <asm/resource.h>
#include <linux/resource.h>
#include <linux/sysinfo.h>
#include <linux/time.h>
#include <linux/times.h>

enum { FIRST_STACK = 1 << 20 }; /* as libj6 makes it */

static struct rlimit64 limit_of(unsigned resource)
{
    uint64_t limit = RLIM64_INFINITY;
    limit = resource == RLIMIT_STACK ? FIRST_STACK : limit;
    limit = resource == RLIMIT_NOFILE ? DESCRIPTORS_MAX : limit;
    limit = resource == RLIMIT_NPROC ? THREADS_MAX : limit;
    return (struct rlimit64){limit, limit};
}

int64_t linux_getrlimit(unsigned resource, user_ptr_t limit)
{
    return linux_prlimit64(0, resource, 0, limit);
}

int64_t linux_prlimit64(int process, unsigned resource, user_ptr_t limit, user_ptr_t old)
{
    if (process != 0 && process != process_id()) {
        return -ESRCH;
    }
    if (resource >= RLIM_NLIMITS) {
        return -EINVAL;
    }
    const struct rlimit64 now = limit_of(resource);
    int64_t error = old != 0 ? user_write(old, &now, sizeof(now)) : 0;
    return error == 0 && limit != 0 ? -EPERM : error;
}

static uint64_t run_time(void)
{
    j6_time_t ns = 0;
    int64_t error = clock_read(CLOCK_PROCESS_CPUTIME_ID, &ns);
    return error == 0 ? ns : 0;
}

int64_t linux_getrusage(int who, user_ptr_t usage)
{
    enum { RUSAGE_OF_THREAD = 1, MICROSECONDS = 1000000 };
    uint64_t microseconds = who == RUSAGE_CHILDREN ? 0 : run_time() / 1000;
    const struct rusage all = {
        .ru_utime = {(int64_t)(microseconds / MICROSECONDS),
                     (int64_t)(microseconds % MICROSECONDS)},
    };
    return who < RUSAGE_CHILDREN || who > RUSAGE_OF_THREAD ? -EINVAL
                                                           : user_write(usage, &all, sizeof(all));
}

/* In ticks of 10 ms, as Linux tells them to programs; its value counts from boot. */
int64_t linux_times(user_ptr_t times)
{
    enum { TICK = 10000000 };
    j6_time_t now = 0;
    const struct tms all = {.tms_utime = (int64_t)(run_time() / TICK)};
    j6_clock(&now);
    int64_t error = times != 0 ? user_write(times, &all, sizeof(all)) : 0;
    return error != 0 ? error : (int64_t)(now / TICK);
}

/* An account knows only what is left. */
int64_t linux_sysinfo(user_ptr_t info)
{
    j6_time_t now = 0;
    struct j6_account_info left = {0};
    uint64_t len = sizeof(left);
    j6_clock(&now);
    j6_object_info(j6_handle_self_process, j6_topic_account, &left, &len);
    const struct sysinfo all = {
        .uptime = (int64_t)(now / 1000000000),
        .totalram = left.memory,
        .freeram = left.memory,
        .procs = 1,
        .mem_unit = 1,
    };
    return user_write(info, &all, sizeof(all));
}

int64_t linux_sched_getaffinity(int thread, uint64_t size, user_ptr_t mask)
{
    if (thread != 0 && !thread_exists(thread)) {
        return -ESRCH;
    }
    uint32_t count = j6_clock_page()->cpu_count;
    const uint64_t cpus = count < 64 ? (1ull << count) - 1 : ~0ull;
    if (size < sizeof(cpus) || size % sizeof(cpus) != 0) {
        return -EINVAL;
    }
    int64_t error = user_write(mask, &cpus, sizeof(cpus));
    return error != 0 ? error : (int64_t)sizeof(cpus);
}

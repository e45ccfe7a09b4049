/* SPDX-License-Identifier: MIT */
/* Who the program is: there are no users, and nobody told it who made it. */
#include "lib/string.h"
#include "userland/linux/calls.h"
#include "userland/linux/threads.h"
#include <linux/utsname.h>

int64_t linux_getpid(void)
{
    return process_id();
}

int64_t linux_getppid(void)
{
    return 0;
}

int64_t linux_getuid(void)
{
    return 0;
}

int64_t linux_geteuid(void)
{
    return 0;
}

int64_t linux_getgid(void)
{
    return 0;
}

int64_t linux_getegid(void)
{
    return 0;
}

/* The release says which calls a program may expect, as far as they are served. */
int64_t linux_uname(user_ptr_t names)
{
    static const struct new_utsname all = {"Linux",  "senary", "6.1.0-senary",
                                           "Senary", "x86_64", ""};
    return user_write(names, &all, sizeof(all));
}

int64_t linux_umask(unsigned mask)
{
    static unsigned current = 022;
    return __atomic_exchange_n(&current, mask & 0777, __ATOMIC_RELAXED);
}

int64_t linux_getrandom(user_ptr_t buf, uint64_t len, unsigned flags)
{
    enum { PIECE = 256, FLAGS = 7 }; /* nobody waits for randomness */
    if (flags & ~(unsigned)FLAGS) {
        return -EINVAL;
    }
    len = len < INT32_MAX ? len : INT32_MAX;
    j6_status_t status = j6_status_ok;
    for (uint64_t done = 0; done < len && status == j6_status_ok; done += PIECE) {
        uint64_t piece = len - done < PIECE ? len - done : PIECE;
        status = j6_random((void *)(buf + done), piece);
    }
    return status == j6_status_ok ? (int64_t)len : linux_error(status);
}

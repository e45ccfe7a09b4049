/* SPDX-License-Identifier: MIT */
/* For benchmarks: `musl_pipe N` writes 64 KiB to stdout N times, `musl_pipe` reads stdin to its end. */
#include <stdlib.h>
#include <unistd.h>

static char bytes[64 << 10];

static int write_all(int count)
{
    for (int i = 0; i < count; i++) {
        if (write(1, bytes, sizeof(bytes)) != sizeof(bytes)) {
            return 1;
        }
    }
    return 0;
}

static int read_all(void)
{
    ssize_t len;
    while ((len = read(0, bytes, sizeof(bytes))) > 0) {}
    return len != 0;
}

int main(int argc, char **argv)
{
    return argc == 2 ? write_all(atoi(argv[1])) : read_all();
}

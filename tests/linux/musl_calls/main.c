/* SPDX-License-Identifier: MIT */
/* Makes as many system calls as it is told, each of which does nothing; for benchmarks. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int count = argc == 2 ? atoi(argv[1]) : 0;
    for (int i = 0; i < count; i++) {
        getppid();
    }
    return 0;
}

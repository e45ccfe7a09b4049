/* SPDX-License-Identifier: MIT */
/* A program that knows nothing of Senary. */
#include <stdio.h>

int main(int argc, char **argv)
{
    printf("hello from musl, %s: %d argument%s, pi is %.10f\n", argv[0], argc - 1,
           argc == 2 ? "" : "s", 3.14159265358979);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* Finds the check by its name. */
#include "check.h"
#include <string.h>

static const struct {
    const char *name;
    int (*run)(void);
} checks[] = {
#define CHECK_ROW(name) {#name, name},
    CHECKS(CHECK_ROW)
#undef CHECK_ROW
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof(checks) / sizeof(checks[0]); i++) {
        if (strcmp(checks[i].name, argv[1]) == 0) {
            return checks[i].run();
        }
    }
    fprintf(stderr, "usage: musl CHECK\n");
    return 2;
}

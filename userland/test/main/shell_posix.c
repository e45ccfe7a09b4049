/* SPDX-License-Identifier: MIT */
/* What the shell has in common with others does what it does there. */
#include "userland/test/main/shell.h"

static const struct script scripts[] = {
#define SCRIPT(text, status, output) {"cd /tmp\n" text, status, output},
#include "userland/test/main/shell_posix.def"
#undef SCRIPT
};

TEST(what_looks_like_a_posix_shell_means_the_same)
{
    shell_expect_all(scripts, sizeof(scripts) / sizeof(scripts[0]));
}

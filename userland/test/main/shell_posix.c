/* SPDX-License-Identifier: MIT */
/* What the shell has in common with others does what it does there. */
#include "userland/test/main/shell.h"
#include "lib/string.h"

enum { AT_ONCE = 20, TEXT_MAX = 8192 };

static const struct {
    const char *text, *output;
} scripts[] = {
#define SCRIPT(text, status, output) \
    {"cd $TOP\n" text "\necho \"= $?\"\n", output "= " #status "\n"},
#include "userland/test/main/shell_posix.def"
#undef SCRIPT
};

enum { COUNT = sizeof(scripts) / sizeof(scripts[0]) };

static void add(char text[TEXT_MAX], const char *more)
{
    size_t len = strlen(text);
    expect(len + strlen(more) < TEXT_MAX);
    memcpy(text + len, more, strlen(more) + 1);
}

SYSTEM_TEST(what_looks_like_a_posix_shell_means_the_same)
{
    static char text[TEXT_MAX], output[TEXT_MAX];
    struct shell_test *shell = shell_begin();
    for (size_t i = 0; i < COUNT && !test_has_failed(); i += AT_ONCE) {
        text[0] = output[0] = '\0';
        add(text, "TOP=/tmp\n");
        for (size_t n = i; n < i + AT_ONCE && n < COUNT; n++) {
            add(text, scripts[n].text);
            add(output, scripts[n].output);
        }
        shell_expect(shell, text, 0, output);
    }
    shell_end(shell);
}

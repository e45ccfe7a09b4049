/* SPDX-License-Identifier: MIT */
/* SOURCES: */
/* The table of what means the same to any POSIX shell: here it is judged by dash, as it is by Senary's shell in its tests. */
#include <test.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_MAX = 4096, AT_ONCE = 20 };

static const struct {
    const char *text, *output;
} scripts[] = {
#define SCRIPT(text, status, output) \
    {"cd \"$TOP\"\n" text "\necho \"= $?\"\n", output "= " #status "\n"},
#include "userland/test/main/shell_posix.def"
#undef SCRIPT
};

enum { COUNT = sizeof(scripts) / sizeof(scripts[0]) };

static void run(const char *text, char output[OUTPUT_MAX])
{
    int ends[2];
    int status;
    ssize_t len;
    size_t total = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        execlp("dash", "dash", "-c", text, NULL);
        _exit(127);
    }
    close(ends[1]);
    while ((len = read(ends[0], output + total, OUTPUT_MAX - 1 - total)) > 0) {
        total += (size_t)len;
    }
    output[total] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void dash_does_what_the_table_says(void **state)
{
    (void)state;
    char output[OUTPUT_MAX];
    char directory[] = "/tmp/shell_posix.XXXXXX";
    char removal[64];
    if (system("command -v dash > /dev/null") != 0) {
        skip();
    }
    assert_non_null(mkdtemp(directory));
    assert_int_equal(setenv("TOP", directory, 1), 0);
    assert_non_null(freopen("/dev/null", "r", stdin));
    for (size_t i = 0; i < COUNT; i += AT_ONCE) {
        char text[OUTPUT_MAX] = "";
        char wanted[OUTPUT_MAX] = "";
        for (size_t n = i; n < i + AT_ONCE && n < COUNT; n++) {
            strcat(text, scripts[n].text);
            strcat(wanted, scripts[n].output);
        }
        run(text, output);
        assert_string_equal(output, wanted);
    }
    snprintf(removal, sizeof(removal), "rm -r %s", directory);
    assert_int_equal(system(removal), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dash_does_what_the_table_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

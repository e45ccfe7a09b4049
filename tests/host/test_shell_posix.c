/* SPDX-License-Identifier: MIT */
/* SOURCES: */
/* The table of what means the same to any POSIX shell: here it is judged by dash, as it is by Senary's shell in its tests. */
#include <test.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_MAX = 4096 };

static const struct {
    const char *text;
    int status;
    const char *output;
} scripts[] = {
#define SCRIPT(text, status, output) {text, status, output},
#include "userland/test/main/shell_posix.def"
#undef SCRIPT
};

/* In the directory that is the current one. */
static int run(const char *text, char output[OUTPUT_MAX])
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
    return WEXITSTATUS(status);
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
    assert_int_equal(chdir(directory), 0);
    assert_non_null(freopen("/dev/null", "r", stdin));
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        int status = run(scripts[i].text, output);
        if (status != scripts[i].status || strcmp(output, scripts[i].output) != 0) {
            fail_msg("%s\nstatus %d instead of %d, output:\n%s", scripts[i].text, status,
                     scripts[i].status, output);
        }
    }
    snprintf(removal, sizeof(removal), "rm -r %s", directory);
    assert_int_equal(system(removal), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dash_does_what_the_table_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

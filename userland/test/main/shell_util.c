/* SPDX-License-Identifier: MIT */
#include "userland/test/main/shell.h"
#include "lib/string.h"
#include "userland/test/main/channel.h"
#include <j6/archive.h>

enum { SHOWN_MAX = 900 };

static const uint64_t PASSED_ON = j6_right_duplicate | j6_right_transfer;

struct shell_test *shell_begin(void)
{
    static struct shell_test shell;
    memset(&shell, 0, sizeof(shell));
    j6_handle_t files = files_begin(&shell.service);
    shell.files = client_new(files, 0, 256, files_no_limit);
    return &shell;
}

void shell_end(struct shell_test *shell)
{
    expect_ok(j6_handle_close(shell->files));
    files_end(&shell->service);
}

void shell_input(struct shell_test *shell, const char *text)
{
    shell->in = channel_new();
    send_text(shell->in, text);
}

static j6_handle_t looking(void)
{
    static const struct j6_range ranges[] = {{.kind = j6_range_info, .count = 1},
                                             {.kind = j6_range_log, .count = 1}};
    j6_handle_t part = j6_handle_none;
    expect_ok(j6_system_restrict(system_handle(), ranges, 2, &part));
    return part;
}

void shell_start(struct shell_test *shell, const char *const *arguments)
{
    const char *argv[8] = {"sh"};
    for (size_t i = 0; i < 6 && arguments[i] != NULL; i++) {
        argv[i + 1] = arguments[i];
    }
    j6_handle_t elf = 0;
    j6_handle_t system = looking();
    shell->out = channel_new();
    const struct j6_spawn_row all[] = {
        {"stdin", shell->in, PASSED_ON | j6_right_wait | RECEIVE},
        {"stdout", shell->out, PASSED_ON | j6_right_wait | SEND},
        {"stderr", shell->out, PASSED_ON | j6_right_wait | SEND},
        {"files", shell->files, PASSED_ON | j6_right_endpoint_send},
        {"system", system, PASSED_ON | j6_right_system_restrict | j6_right_wait},
        {"interrupt", shell->interrupt, PASSED_ON | j6_right_wait},
        {"services", shell->services, PASSED_ON | j6_right_endpoint_send},
        {"names", shell->names, PASSED_ON | j6_right_endpoint_send},
        {"terminal", shell->terminal, PASSED_ON | j6_right_endpoint_send},
    };
    struct j6_spawn_row rows[sizeof(all) / sizeof(all[0])];
    size_t count = 0;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].handle != 0) {
            rows[count++] = all[i];
        }
    }
    expect_ok(j6_boot_file("bin/sh", &elf));
    expect_ok(j6_spawn(elf, "sh", argv, NULL, rows, count, &shell->process));
    expect_ok(j6_handle_close(elf));
    expect_ok(j6_handle_close(system));
    if (shell->in != 0) {
        expect_ok(j6_handle_close(shell->in));
        shell->in = 0;
    }
}

j6_handle_t shell_start_typed(struct shell_test *shell)
{
    static const char *const arguments[] = {NULL};
    j6_handle_t keyboard = channel_new();
    expect_ok(j6_handle_duplicate(keyboard, j6_handle_rights(keyboard), 0, &shell->in));
    shell_start(shell, arguments);
    return keyboard;
}

void shell_type(const struct shell_test *shell, j6_handle_t keyboard, const char *commands,
                const char *output)
{
    char text[64] = {0};
    uint64_t got = 0;
    send_text(keyboard, commands);
    while (got < strlen(output) && !test_has_failed()) {
        uint64_t len = strlen(output) - got;
        expect_ok(j6_channel_receive(shell->out, &len, text + got, now() + PATIENCE));
        got += len;
    }
    if (!test_expect(strcmp(text, output) == 0, commands, TEST_HERE)) {
        j6_printf("%s: output: %s", commands, text);
    }
}

/* While it runs, so that it never waits for room. */
static void gather(struct shell_test *shell)
{
    uint64_t len = 1;
    j6_handle_t reading = narrowed(shell->out, RECEIVE | j6_right_wait);
    expect_ok(j6_handle_close(shell->out));
    shell->len = 0;
    while (len != 0) {
        len = sizeof(shell->text) - 1 - shell->len;
        if (j6_channel_receive(reading, &len, shell->text + shell->len, now() + PATIENCE) !=
            j6_status_ok) {
            len = 0;
        }
        shell->len += len;
    }
    shell->text[shell->len] = '\0';
    expect_ok(j6_handle_close(reading));
}

void shell_finish(struct shell_test *shell)
{
    gather(shell);
    struct j6_end_info end = process_finish(shell->process);
    expect_equal(j6_reason_exited, end.reason);
    shell->status = end.code;
}

void shell_run(struct shell_test *shell, const char *text)
{
    const char *const arguments[] = {"-c", text, NULL};
    shell_start(shell, arguments);
    shell_finish(shell);
}

/* Where the word begins; NULL: nowhere. */
static const char *find(const char *text, const char *word, size_t len)
{
    for (; *text != '\0'; text++) {
        if (strncmp(text, word, len) == 0) {
            return text;
        }
    }
    return NULL;
}

static bool has_words(const char *text, const char *words)
{
    while (*words != '\0' && text != NULL) {
        size_t len = (size_t)(strchr(words, '|') - words);
        text = find(text, words, len);
        text = text != NULL ? text + len : NULL;
        words += len + 1;
    }
    return text != NULL;
}

void shell_judge(struct shell_test *shell, const char *text, int64_t status, const char *output,
                 bool whole, struct test_place place)
{
    shell_run(shell, text);
    bool met = whole ? strcmp(shell->text, output) == 0 : has_words(shell->text, output);
    met = met && shell->status == status;
    if (!test_expect(met, text, place)) {
        j6_printf("%s: status %lld, output:", text, (long long)shell->status);
        shell->text[SHOWN_MAX] = '\0';
        j6_printf("%s", shell->text);
    }
}

void shell_expect_all(const struct script *scripts, size_t count)
{
    struct shell_test *shell = shell_begin();
    for (size_t i = 0; i < count; i++) {
        shell_expect(shell, scripts[i].text, scripts[i].status, scripts[i].output);
    }
    shell_end(shell);
}

/* SPDX-License-Identifier: MIT */
/* The shell (userland/shell) in a process of its own, on a file service of its own; its output in one piece. */
#pragma once
#include "userland/test/main/files.h"

struct shell_test {
    struct file_service service;
    j6_handle_t files;
    j6_handle_t
        in; /* what the next shell reads; 0: nothing. It is closed when the shell has started */
    j6_handle_t interrupt; /* an event, or 0 */
    j6_handle_t services;  /* or 0 */
    j6_handle_t names;     /* or 0 */
    j6_handle_t terminal;  /* or 0 */
    j6_handle_t out;       /* of the shell that runs */
    j6_handle_t process;
    int64_t status; /* of the last one */
    size_t len;
    char text[32768]; /* what it wrote to stdout and stderr, with a 0 behind it */
};

struct shell_test *shell_begin(void);
void shell_end(struct shell_test *shell);

/* Starts one with those arguments behind its name, NULL at their end, and waits for its end. */
void shell_start(struct shell_test *shell, const char *const *arguments);
void shell_finish(struct shell_test *shell);

/* Runs `sh -c TEXT`. */
void shell_run(struct shell_test *shell, const char *text);

/* The same, and expects this output and status … */
#define shell_expect(shell, text, status, output) \
    shell_judge(shell, text, status, output, true, TEST_HERE)

/* … or status 0 and output with these words, one after the other, each ended by a `|`. */
#define shell_expect_words(shell, text, words) shell_judge(shell, text, 0, words, false, TEST_HERE)

void shell_judge(struct shell_test *shell, const char *text, int64_t status, const char *output,
                 bool whole, struct test_place place);

/* Starts one that runs what is typed: sent to the channel that this gives. It ends when that is closed. */
j6_handle_t shell_start_typed(struct shell_test *shell);

/* Types commands, and waits until they have written just that. */
void shell_type(const struct shell_test *shell, j6_handle_t keyboard, const char *commands,
                const char *output);

/* Gives the next shell something to read. */
void shell_input(struct shell_test *shell, const char *text);

/* A test that is a list of scripts, each with the status and the output that it is to have. */
struct script {
    const char *text;
    int64_t status;
    const char *output;
};

void shell_expect_all(const struct script *scripts, size_t count);

#define SCRIPT_TEST(sentence, ...)                                       \
    SYSTEM_TEST(sentence)                                                \
    {                                                                    \
        static const struct script scripts[] = {__VA_ARGS__};            \
        shell_expect_all(scripts, sizeof(scripts) / sizeof(scripts[0])); \
    }

/* SPDX-License-Identifier: MIT */
/* Commands that are the shell's own: since they are about itself, or because a process for each would be a waste. */
#pragma once
#include "userland/shell/number.h"
#include "userland/shell/shell.h"

struct builtin {
    const char *name;
    const char *usage;
    const char *summary;
    int (*run)(struct shell *shell, const char *const *argv);
};

/* NULL: that isn't one. */
const struct builtin *builtin_find(const char *name);

bool builtin_is_named(struct slice name);

/* The nth, from 0; NULL: there are no more. */
const struct builtin *builtin_at(size_t n);

/* Says how it is used. */
int usage(struct shell *shell, const char *name);

size_t argument_count(const char *const *argv);

/* ---- builtin_control.c, builtin_variables.c ---------------------------------------------------- */

int builtin_true(struct shell *shell, const char *const *argv);
int builtin_false(struct shell *shell, const char *const *argv);
int builtin_echo(struct shell *shell, const char *const *argv);
int builtin_exit(struct shell *shell, const char *const *argv);
int builtin_break(struct shell *shell, const char *const *argv);
int builtin_continue(struct shell *shell, const char *const *argv);
int builtin_source(struct shell *shell, const char *const *argv);
int builtin_time(struct shell *shell, const char *const *argv);
int builtin_with(struct shell *shell, const char *const *argv);
int builtin_history(struct shell *shell, const char *const *argv);

int builtin_set(struct shell *shell, const char *const *argv);
int builtin_export(struct shell *shell, const char *const *argv);
int builtin_unset(struct shell *shell, const char *const *argv);
int builtin_read(struct shell *shell, const char *const *argv);
int builtin_shift(struct shell *shell, const char *const *argv);

/* ---- builtin_test.c, builtin_system.c, builtin_jobs.c, files.c, help.c ------------------------- */

int builtin_test(struct shell *shell, const char *const *argv);
int builtin_svc(struct shell *shell, const char *const *argv);
int builtin_kill(struct shell *shell, const char *const *argv);
int builtin_reboot(struct shell *shell, const char *const *argv);
int builtin_poweroff(struct shell *shell, const char *const *argv);
int builtin_jobs(struct shell *shell, const char *const *argv);
int builtin_wait(struct shell *shell, const char *const *argv);
int builtin_fg(struct shell *shell, const char *const *argv);
int builtin_cd(struct shell *shell, const char *const *argv);
int builtin_pwd(struct shell *shell, const char *const *argv);
int builtin_help(struct shell *shell, const char *const *argv);
int builtin_tour(struct shell *shell, const char *const *argv);

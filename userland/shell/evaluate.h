/* SPDX-License-Identifier: MIT */
/*
 * Walking the tree of a command (syntax.h), between the files that do it. Each function leaves the status of what
 * it ran in the shell, and ends soon once must_stop says so.
 */
#pragma once
#include "userland/shell/expand.h"
#include "userland/shell/shell.h"

/* evaluate.c: expands words to arguments. False: said why not, or Ctrl-C. */
bool expand_words(struct shell *shell, const struct word *words, struct arguments *arguments);

/* evaluate.c: runs a tree; its status is that of the shell. */
void evaluate(struct shell *shell, const struct node *node);

/* Does something say that no further command may run now? */
bool must_stop(const struct shell *shell);

/* evaluate.c: one stage of a pipeline, here. */
void evaluate_command(struct shell *shell, const struct node *node);

/* simple.c: a program or a builtin, with assignments and redirections. */
void evaluate_simple(struct shell *shell, const struct node *node);

/* pipeline.c: what runs beside the shell. */
void evaluate_pipeline(struct shell *shell, const struct node *node);
void evaluate_background(struct shell *shell, const struct node *node);
void evaluate_subshell(struct shell *shell, const struct node *node);

/* loop.c */
void evaluate_while(struct shell *shell, const struct node *node);
void evaluate_for(struct shell *shell, const struct node *node);

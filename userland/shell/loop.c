/* SPDX-License-Identifier: MIT */
/* while, until and for; how many loops `break` and `continue` leave is counted in the shell. */
#include "userland/shell/evaluate.h"

/* After a round of a loop: does it go on? */
static bool loop_goes_on(struct shell *shell)
{
    if (shell->leaves != 0) {
        shell->leaves--;
        bool on = shell->leaves == 0 && shell->continues;
        shell->continues = shell->leaves != 0 && shell->continues;
        return on && !must_stop(shell);
    }
    return !must_stop(shell);
}

void evaluate_while(struct shell *shell, const struct node *node)
{
    int status = status_ok;
    shell->loops++;
    for (;;) {
        evaluate(shell, node->first);
        if (must_stop(shell) || (shell->status == status_ok) == node->negated) {
            loop_goes_on(shell);
            break;
        }
        evaluate(shell, node->second);
        status = shell->status;
        if (!loop_goes_on(shell)) {
            break;
        }
    }
    shell->loops--;
    shell->status = shell->interrupted ? status_interrupted : status;
}

void evaluate_for(struct shell *shell, const struct node *node)
{
    struct arguments arguments = {NULL, 0, 0};
    const char *const *values = shell->arguments;
    if (node->has_list) {
        if (!expand_words(shell, node->words, &arguments)) {
            shell->status = status_failed;
            return;
        }
        values = arguments.at;
    }
    shell->status = status_ok;
    shell->loops++;
    for (; *values != NULL; values++) {
        variables_set(&shell->variables, node->name, *values);
        evaluate(shell, node->second);
        if (!loop_goes_on(shell)) {
            break;
        }
    }
    shell->loops--;
}

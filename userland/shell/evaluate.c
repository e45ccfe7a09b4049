/* SPDX-License-Identifier: MIT */
/* Walks the tree of a command, and runs the commands of a text one after the other. */
#include "userland/shell/evaluate.h"

enum { DEPTH_MAX = 16 };

bool interrupt_poll(struct shell *shell)
{
    if (shell->terminal.interrupt != j6_handle_none && !shell->interrupted) {
        shell->interrupted = terminal_is_interrupted(&shell->terminal);
        shell->status = shell->interrupted ? status_interrupted : shell->status;
    }
    return shell->interrupted;
}

bool must_stop(const struct shell *shell)
{
    return shell->interrupted || shell->exits || shell->leaves != 0;
}

bool expand_words(struct shell *shell, const struct word *words, struct arguments *arguments)
{
    char error[expand_error_max];
    struct expand_source source = expand_source_of(shell);
    arguments->at = arena_take(&shell->arena, sizeof(char *));
    for (; words != NULL; words = words->next) {
        if (!expand_word(&shell->arena, &source, words->text, arguments, error)) {
            complain(shell, "%s\n", error);
            return false;
        }
    }
    return !shell->interrupted;
}

static void evaluate_if(struct shell *shell, const struct node *node)
{
    for (; node != NULL && node->kind == node_if; node = node->third) {
        evaluate(shell, node->first);
        if (must_stop(shell)) {
            return;
        }
        if (shell->status == status_ok) {
            evaluate(shell, node->second);
            return;
        }
    }
    if (node != NULL) {
        evaluate(shell, node); /* its $? is that of the last condition */
    } else {
        shell->status = status_ok;
    }
}

static void evaluate_compound(struct shell *shell, const struct node *node)
{
    struct redirected redirected;
    if (!redirect_begin(shell, node->redirects, &redirected)) {
        shell->status = status_failed;
        return;
    }
    switch (node->kind) {
    case node_if: evaluate_if(shell, node); break;
    case node_while: evaluate_while(shell, node); break;
    case node_for: evaluate_for(shell, node); break;
    default: evaluate(shell, node->first); break;
    }
    redirect_end(shell, &redirected);
}

void evaluate_command(struct shell *shell, const struct node *node)
{
    switch (node->kind) {
    case node_simple: evaluate_simple(shell, node); break;
    case node_subshell: evaluate_subshell(shell, node); break;
    default: evaluate_compound(shell, node); break;
    }
}

/* A loop, and no recursion: lists may be long. */
static void evaluate_list(struct shell *shell, const struct node *list)
{
    for (const struct node *part = list->first; part != NULL; part = part->next) {
        bool succeeded = shell->status == status_ok;
        if (part->join == join_always || succeeded == (part->join == join_and)) {
            evaluate(shell, part);
        }
        if (must_stop(shell)) {
            return;
        }
    }
}

static void evaluate_node(struct shell *shell, const struct node *node)
{
    switch (node->kind) {
    case node_list: evaluate_list(shell, node); break;
    case node_background: evaluate_background(shell, node); break;
    case node_pipeline: evaluate_pipeline(shell, node); break;
    default: evaluate_command(shell, node); break;
    }
}

/*
 * Before each command, Ctrl-C is looked for: once, since that is a call of the kernel. What a command takes of the
 * arena is for nobody behind it, however often a loop runs it.
 */
void evaluate(struct shell *shell, const struct node *node)
{
    if (node->kind != node_list) {
        interrupt_poll(shell);
    }
    if (!must_stop(shell)) {
        struct arena_mark mark = arena_mark(&shell->arena);
        evaluate_node(shell, node);
        arena_release(&shell->arena, mark);
    }
}

void run_text(struct shell *shell, const char *name, const char *text, size_t len)
{
    struct parser parser = {.text = text, .len = len, .line = 1};
    enum parse_result result = parse_command;
    if (shell->depth == DEPTH_MAX) {
        complain(shell, "%s: too many files read each other\n", name);
        shell->status = status_failed;
        return;
    }
    shell->depth++;
    while (result != parse_end && result != parse_incomplete && !must_stop(shell)) {
        struct node *node = NULL;
        char error[parse_error_max];
        struct arena arena = {NULL, NULL};
        result = parse_next(&parser, &arena, &node, error);
        if (result == parse_command) {
            evaluate(shell, node);
        } else if (result != parse_end) {
            bool wrong = result == parse_wrong;
            unsigned line = parser.line - (wrong && parser.at > 0 && text[parser.at - 1] == '\n');
            complain(shell, "%s: line %u: %s\n", name, line,
                     wrong ? error : "the end of the command is missing");
            shell->status = status_usage;
        }
        arena_free(&arena);
    }
    shell->depth--;
}

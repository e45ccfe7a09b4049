/* SPDX-License-Identifier: MIT */
/* Somebody at a terminal: the line editor reads, and shows where the shell is. */
#include "userland/shell/editor.h"
#include "userland/shell/job.h"
#include <proto/terminal.h>
#include <string.h>

static void flush(struct shell *shell, struct editor *editor)
{
    stream_write(&shell->streams.at[1], text_string(&editor->out), editor->out.len);
    text_clear(&editor->out);
}

/* What has happened to the terminal while the line stands there. */
static void draw_again(struct shell *shell, struct editor *editor, uint64_t news)
{
    if (news & terminal_disturbed) {
        editor_disturbed(editor);
    }
    if (news & terminal_resized) {
        editor_resized(editor, terminal_columns(&shell->terminal));
    }
}

static enum editor_event read_line(struct shell *shell, struct editor *editor)
{
    enum editor_event event = editor_more;
    terminal_forget_news(&shell->terminal);
    editor->columns = terminal_columns(&shell->terminal);
    editor_begin(editor);
    flush(shell, editor);
    j6_ready(); /* with the first prompt */
    while (event == editor_more) {
        char byte;
        flush(shell, editor);
        uint64_t news = terminal_await_key(&shell->terminal, shell->streams.at[0].handle);
        if (news != 0) {
            draw_again(shell, editor, news);
        } else if (!stream_read_byte(&shell->streams.at[0], &byte)) {
            event = editor_end;
        } else {
            event = editor_byte(editor, byte);
        }
    }
    flush(shell, editor);
    return event;
}

/* The directory; red when the last command has failed. */
static void make_prompt(const struct shell *shell, struct text *prompt)
{
    text_clear(prompt);
    text_format(prompt, "\033[1;%dm%s\033[0m > ", shell->status == status_ok ? 32 : 31,
                shell->path);
}

static void run_line(struct shell *shell, const struct editor *editor)
{
    char *line = memory_copy(text_string(&editor->line));
    history_add(&shell->history, line);
    shell->interrupted = false;
    terminal_interrupt_clear(&shell->terminal);
    terminal_keys(&shell->terminal, keys_wait);
    run_text(shell, "input", line, strlen(line));
    terminal_keys(&shell->terminal, keys_are_edited);
    terminal_interrupt_clear(&shell->terminal);
    shell->interrupted = false;
    memory_give(line);
}

void interactive_streams(struct shell *shell, const struct terminal_channels *channels)
{
    shell->streams.at[0] = (struct stream){channels->input, 0, true};
    shell->streams.at[1] = shell->streams.at[2] = (struct stream){channels->output, 0, true};
}

/* The input has ended: goes on at another terminal if this one has died. */
static bool move_on(struct shell *shell)
{
    struct terminal_channels old = {shell->streams.at[0].handle, shell->streams.at[1].handle};
    struct terminal_channels channels;
    if (!terminal_again(&shell->terminal, &channels)) {
        return false;
    }
    j6_handle_close(old.input);
    j6_handle_close(old.output);
    interactive_streams(shell, &channels);
    terminal_keys(&shell->terminal, keys_are_edited);
    return true;
}

void interactive_serve(struct shell *shell)
{
    struct complete_source completion = complete_source_of(shell);
    struct text prompt = {NULL, 0, 0};
    struct editor editor = {.history = &shell->history,
                            .completion = &completion,
                            .is_complete = parse_is_complete,
                            .next_prompt = "> "};
    enum editor_event event = editor_more;
    terminal_keys(&shell->terminal, keys_are_edited);
    while (!shell->exits && (event != editor_end || move_on(shell))) {
        jobs_report(shell);
        make_prompt(shell, &prompt);
        editor.prompt = text_string(&prompt);
        event = read_line(shell, &editor);
        if (event == editor_line) {
            run_line(shell, &editor);
        } else if (event == editor_interrupt) {
            shell->status = status_interrupted;
        }
    }
    editor_free(&editor);
    text_free(&prompt);
}

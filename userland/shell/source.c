/* SPDX-License-Identifier: MIT */
/* What expansions and completion ask the shell for: variables, output of commands, names of all kinds. */
#include "userland/shell/builtin.h"
#include "userland/shell/complete.h"
#include "userland/shell/grants.h"
#include "userland/shell/expand.h"
#include "userland/shell/files.h"
#include "userland/shell/job.h"
#include "userland/shell/start.h"
#include <proto/services.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- variables ----------------------------------------------------------------------------------- */

static const char *special(struct shell *shell, char c)
{
    static char digits[24];
    unsigned long value = 0;
    switch (c) {
    case '?': value = (unsigned long)shell->status; break;
    case '#': value = argument_count(shell->arguments); break;
    case '!':
        if (shell->last_background == 0) {
            return NULL;
        }
        value = shell->last_background;
        break;
    case '$': value = shell->number; break;
    default: return NULL;
    }
    snprintf(digits, sizeof(digits), "%lu", value);
    return digits;
}

static const char *argument(void *context, size_t n)
{
    struct shell *shell = context;
    return n <= argument_count(shell->arguments) ? shell->arguments[n - 1] : NULL;
}

static const char *variable(void *context, struct slice name)
{
    struct shell *shell = context;
    char c = name.len != 0 ? name.bytes[0] : '\0';
    if (name.len == 1 && c == '0') {
        return shell->name;
    }
    if (c >= '1' && c <= '9') {
        return argument(context, strtoul(name.bytes, NULL, 10));
    }
    return name.len != 1 || is_name_char(c, true) ? variables_get(&shell->variables, name)
                                                  : special(shell, c);
}

/* ---- $( list ) ----------------------------------------------------------------------------------- */

/* Reads until whoever writes has gone, or Ctrl-C. */
static void read_all(struct shell *shell, j6_handle_t channel, struct text *out)
{
    static char buf[4096];
    const uint64_t wanted = j6_signal_channel_can_recv | j6_signal_closed;
    uint64_t len = sizeof(buf);
    while (terminal_wait(&shell->terminal, channel, wanted, j6_deadline_never) == j6_status_ok) {
        len = sizeof(buf);
        if (j6_channel_receive(channel, &len, buf, j6_deadline_poll) != j6_status_ok) {
            return;
        }
        for (uint64_t i = 0; i < len; i++) {
            if (buf[i] != '\0') {
                text_add_char(out, buf[i]);
            }
        }
    }
}

static void command(void *context, struct slice list, struct text *out)
{
    struct shell *shell = context;
    j6_handle_t channel, reading;
    struct started started;
    if (j6_channel_create(0, &channel) != j6_status_ok) {
        complain(shell, "there is no room for another channel\n");
        return;
    }
    struct job *job = job_new(shell, list, true);
    struct start what = {.text = list,
                         .streams = job_streams(&shell->streams, job),
                         .terminal = job->terminal.handle};
    what.streams.at[1] = (struct stream){channel, 0, false};
    int result = start(shell, &what, &started);
    if (result == status_ok) {
        job_add(job, &started, "sh");
    } else {
        job_add_failed(job, result);
    }
    terminal_job_close_channels(&job->terminal);
    /* Only those that write may keep the channel open. */
    j6_status_t status =
        j6_handle_duplicate(channel, j6_right_channel_receive | j6_right_wait, 0, &reading);
    j6_handle_close(channel);
    if (status == j6_status_ok) {
        read_all(shell, reading, out);
        j6_handle_close(reading);
    }
    shell->substituted = job_finish(shell, job);
}

/* ---- names --------------------------------------------------------------------------------------- */

typedef void each_name(void *argument, const char *name);

/* With a / behind those of directories, or without. */
static void list_directory(struct shell *shell, const char *path, bool marked, each_name *each,
                           void *argument)
{
    enum { CAP = 8192 };
    struct files_stat stat;
    j6_handle_t directory;
    if (open_file(shell, path, files_open_read | files_open_directory, &stat, &directory) !=
        j6_status_ok) {
        return;
    }
    char *buf = memory_take(NULL, CAP);
    struct files_list_answer answer = {.count = 1};
    size_t len;
    while (answer.count != 0 &&
           files_list(directory, answer.next, buf, CAP, &len, &answer) == j6_status_ok) {
        const char *row = buf;
        for (uint64_t i = 0; i < answer.count; i++) {
            const struct files_entry *entry = (const struct files_entry *)row;
            char name[files_name_max + 2];
            bool slash = marked && entry->type == files_type_directory;
            snprintf(name, sizeof(name), "%s%s", entry->name, slash ? "/" : "");
            each(argument, name);
            row += entry->row_size;
        }
    }
    memory_give(buf);
    j6_handle_close(directory);
}

static void pattern_names(void *context, const char *directory, each_name *each, void *argument)
{
    struct shell *shell = context;
    list_directory(shell, directory, false, each, argument);
}

struct expand_source expand_source_of(struct shell *shell)
{
    return (struct expand_source){.context = shell,
                                  .variable = variable,
                                  .argument = argument,
                                  .command = command,
                                  .names = pattern_names};
}

static void list_commands(struct shell *shell, each_name *each, void *argument)
{
    const struct builtin *builtin;
    for (size_t n = 0; (builtin = builtin_at(n)) != NULL; n++) {
        each(argument, builtin->name);
    }
    list_directory(shell, "/bin", false, each, argument);
}

static void list_services(each_name *each, void *argument)
{
    char *buf = memory_take(NULL, j6_data_max);
    size_t len = 0;
    j6_handle_t services = j6_find("services");
    if (services != j6_handle_none && services_list(services, buf, &len) == j6_status_ok) {
        for (size_t at = 0; at + sizeof(struct services_row) <= len;) {
            const struct services_row *row = (const struct services_row *)(buf + at);
            each(argument, row->name);
            at += row->row_size;
        }
    }
    memory_give(buf);
}

static void list_roles(each_name *each, void *argument)
{
    size_t count;
    const struct j6_start_handle *table = j6_start_rows(&count);
    for (size_t i = 0; i < count; i++) {
        if (table[i].kind == j6_start_other) {
            char role[sizeof(table[i].role) + 1] = {0};
            memcpy(role, table[i].role, sizeof(table[i].role));
            each(argument, role);
        }
    }
}

static void complete_names(void *context, enum complete_kind kind, const char *directory,
                           each_name *each, void *argument)
{
    struct shell *shell = context;
    switch (kind) {
    case complete_commands: list_commands(shell, each, argument); break;
    case complete_files: list_directory(shell, directory, true, each, argument); break;
    case complete_services: list_services(each, argument); break;
    case complete_roles: list_roles(each, argument); break;
    case complete_variables:
        for (struct variable *one = shell->variables.first; one != NULL; one = one->next) {
            each(argument, one->name);
        }
        break;
    }
}

struct complete_source complete_source_of(struct shell *shell)
{
    return (struct complete_source){.context = shell, .names = complete_names};
}

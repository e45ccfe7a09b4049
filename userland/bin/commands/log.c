/* SPDX-License-Identifier: MIT */
/* log: the kernel's log from its oldest entry on, and with -f what comes. */
#include "userland/bin/commands/commands.h"
#include <string.h>

static void show(const struct j6_log_entry *entry, const char *text)
{
    static const char *const severities[] = {"", "error: ", "warning: ", "", "debug: "};
    const char *severity = entry->severity < sizeof(severities) / sizeof(severities[0])
                               ? severities[entry->severity]
                               : "";
    printf("[%5llu.%06llu] ", (unsigned long long)(entry->time / 1000000000),
           (unsigned long long)(entry->time / 1000 % 1000000));
    if (entry->process != 0) {
        printf("%llu: ", (unsigned long long)koid_number(entry->process));
    }
    printf("%s%.*s\n", severity, (int)entry->len, text);
}

/* Until there is nothing newer, or, following, for ever. */
static int show_all(j6_handle_t system, bool follow)
{
    static _Alignas(8) char buf[sizeof(struct j6_log_entry) + 64 + j6_log_text_max];
    uint64_t seen = 0;
    for (;;) {
        uint64_t before = seen;
        uint64_t len = sizeof(buf);
        j6_status_t status = j6_system_get_log(system, &seen, buf, &len, j6_deadline_poll);
        if (status == j6_status_would_block && follow) {
            if (fflush(stdout) != 0) {
                return failed("stdout");
            }
            len = sizeof(buf);
            status = j6_system_get_log(system, &seen, buf, &len, j6_deadline_never);
        }
        if (status != j6_status_ok) {
            return status == j6_status_would_block ? exit_ok : refused("reading", status);
        }
        const struct j6_log_entry *entry = (const struct j6_log_entry *)buf;
        if (before != 0 && seen != before + 1) {
            printf("(%llu entries were overwritten)\n", (unsigned long long)(seen - before - 1));
        }
        show(entry, buf + len - entry->len);
    }
}

int command_log(int argc, char **argv)
{
    struct options options = options_of(argv);
    bool follow = false;
    char option;
    while ((option = option_next(&options, "f")) != '\0') {
        if (option == '?') {
            return wrong_usage();
        }
        follow = true;
    }
    if (options.at != argc) {
        return wrong_usage();
    }
    j6_handle_t system = system_given();
    return system != j6_handle_none ? show_all(system, follow) : exit_failed;
}

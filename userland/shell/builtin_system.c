/* SPDX-License-Identifier: MIT */
/* Commands for init, by the handle with the role `services`: services, and the machine's power. */
#include "userland/shell/builtin.h"
#include "userland/shell/job.h"
#include <inttypes.h>
#include <proto/services.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static j6_handle_t services_of(struct shell *shell, const char *name)
{
    j6_handle_t services = j6_find("services");
    if (services == j6_handle_none) {
        complain(shell, "%s: this shell was given no handle for that (role services)\n", name);
    }
    return services;
}

static int result(struct shell *shell, const char *name, const char *what, j6_status_t status)
{
    if (status == j6_status_ok) {
        return status_ok;
    }
    const char *text = status == j6_err_not_found   ? "there is no such service"
                       : status == j6_err_denied    ? "this shell may only look"
                       : status == j6_err_bad_state ? "the system is ending"
                                                    : j6_status_text(status);
    complain(shell, "%s: %s%s%s\n", name, what, what[0] != '\0' ? ": " : "", text);
    return status_failed;
}

/* ---- svc ------------------------------------------------------------------------------------------- */

static void show_service(struct shell *shell, const struct services_row *row)
{
    static const char *const states[] = {"waiting", "starting", "running", "pausing",
                                         "ended",   "absent",   "stopped", "failed"};
    const char *state =
        row->state < sizeof(states) / sizeof(states[0]) ? states[row->state] : "unknown";
    char pid[24] = "-";
    if (row->process != 0) {
        snprintf(pid, sizeof(pid), "%" PRIu64, koid_number(row->process));
    }
    say(shell, "%-16.32s %-9s %6s %6" PRIu64 " %6" PRIu64 "  %.64s\n", row->name, state, pid,
        row->starts, row->deaths, row->detail);
}

static int list_services(struct shell *shell, j6_handle_t services)
{
    size_t len = 0;
    char *buf = memory_take(NULL, j6_data_max);
    j6_status_t status = services_list(services, buf, &len);
    if (status == j6_status_ok) {
        say(shell, "%-16s %-9s %6s %6s %6s\n", "SERVICE", "STATE", "PID", "STARTS", "DEATHS");
    }
    for (size_t at = 0; status == j6_status_ok && at + sizeof(struct services_row) <= len;) {
        const struct services_row *row = (const struct services_row *)(buf + at);
        show_service(shell, row);
        at += row->row_size >= sizeof(*row) ? row->row_size : len;
    }
    memory_give(buf);
    return result(shell, "svc", "", status);
}

int builtin_svc(struct shell *shell, const char *const *argv)
{
    static const struct {
        const char *name;
        enum services_code code;
    } actions[] = {
        {"restart", services_code_restart},
        {"stop", services_code_stop},
        {"kill", services_code_kill},
    };
    size_t count = argument_count(argv);
    bool list = count == 1 || (count == 2 && strcmp(argv[1], "list") == 0);
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (count == 3 && strcmp(argv[1], actions[i].name) == 0) {
            j6_handle_t services = services_of(shell, "svc");
            return services == j6_handle_none
                       ? status_failed
                       : result(shell, "svc", argv[2],
                                services_ask(services, actions[i].code, argv[2]));
        }
    }
    if (!list) {
        return usage(shell, argv[0]);
    }
    j6_handle_t services = services_of(shell, "svc");
    return services == j6_handle_none ? status_failed : list_services(shell, services);
}

/* ---- power --------------------------------------------------------------------------------------- */

static int power(struct shell *shell, const char *const *argv, uint64_t action)
{
    if (argv[1] != NULL) {
        return usage(shell, argv[0]);
    }
    j6_handle_t services = services_of(shell, argv[0]);
    if (services == j6_handle_none) {
        return status_failed;
    }
    int status = result(shell, argv[0], "", services_power(services, action));
    shell->exits = status == status_ok;
    return status;
}

int builtin_reboot(struct shell *shell, const char *const *argv)
{
    return power(shell, argv, j6_power_reset);
}

int builtin_poweroff(struct shell *shell, const char *const *argv)
{
    return power(shell, argv, j6_power_off);
}

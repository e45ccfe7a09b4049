/* SPDX-License-Identifier: MIT */
/*
 * Commands for init, by the handle with the role `services`, and the end of processes: of the shell's own by the
 * handles that it has of them, of services by init, which has theirs. Others are nobody's business here.
 */
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

/* ---- kill ---------------------------------------------------------------------------------------- */

static bool kill_own(struct shell *shell, j6_koid_t koid)
{
    for (const struct job *job = shell->jobs; job != NULL; job = job->next) {
        for (size_t i = 0; i < job->count; i++) {
            if (job->processes[i].koid == koid && job->processes[i].handle != j6_handle_none) {
                j6_process_kill(job->processes[i].handle, status_killed);
                return true;
            }
        }
    }
    return false;
}

static int kill_job(struct shell *shell, unsigned number)
{
    struct job *job = job_take(shell, number);
    if (job == NULL) {
        complain(shell, "kill: %%%u: there is no such job\n", number);
        return status_failed;
    }
    for (size_t i = 0; i < job->count; i++) {
        if (job->processes[i].handle != j6_handle_none) {
            j6_process_kill(job->processes[i].handle, status_killed);
        }
    }
    job_leave(shell, job);
    return status_ok;
}

static int kill_one(struct shell *shell, const char *text)
{
    uint64_t number;
    bool is_job = text[0] == '%';
    if (!number_of(text + is_job, &number) || number == 0) {
        return usage(shell, "kill");
    }
    if (is_job) {
        return kill_job(shell, (unsigned)number);
    }
    j6_koid_t koid = process_koid(number);
    if (kill_own(shell, koid)) {
        return status_ok;
    }
    j6_handle_t services = j6_find("services");
    j6_status_t status =
        services != j6_handle_none ? services_kill_process(services, koid) : j6_err_not_found;
    if (status == j6_status_ok) {
        return status_ok;
    }
    complain(shell, "kill: %s: neither this shell nor init has started that\n", text);
    return status_failed;
}

int builtin_kill(struct shell *shell, const char *const *argv)
{
    int status = argv[1] != NULL ? status_ok : usage(shell, argv[0]);
    for (const char *const *argument = argv + 1; *argument != NULL; argument++) {
        int one = kill_one(shell, *argument);
        status = one != status_ok ? one : status;
    }
    return status;
}

/* SPDX-License-Identifier: MIT */
#include "userland/init/report.h"
#include "lib/format.h"
#include "userland/init/manager.h"
#include "version.h"

enum { WARNING_MAX = 160, NS_PER_US = 1000, US_PER_MS = 1000 };

/* ECMA-48, SGR. */
#define GREEN  "\x1b[32m"
#define RED    "\x1b[31m"
#define YELLOW "\x1b[33m"
#define PLAIN  "\x1b[0m"

static const char *const marks[] = {
    [services_state_waiting] = YELLOW " waits " PLAIN,
    [services_state_starting] = " starts",
    [services_state_running] = GREEN "  ok   " PLAIN,
    [services_state_pausing] = YELLOW " again " PLAIN,
    [services_state_ended] = GREEN " ended " PLAIN,
    [services_state_absent] = YELLOW "absent " PLAIN,
    [services_state_stopped] = YELLOW "stopped" PLAIN,
    [services_state_failed] = RED "failed " PLAIN,
};

static void report_running(const struct service *service)
{
    uint64_t us = (manager_now() - service->began) / NS_PER_US;
    j6_printf("[%s] %s, %llu.%03llu ms", marks[services_state_running], service->entry->name,
              (unsigned long long)(us / US_PER_MS), (unsigned long long)(us % US_PER_MS));
}

static void report_other(const struct service *service)
{
    const char *colon = service->detail[0] != '\0' ? ": " : "";
    j6_printf("[%s] %s%s%s", marks[service->state], service->entry->name, colon, service->detail);
}

void report_state(struct service *service)
{
    bool again = service->reported == service->state;
    service->reported = service->state;
    bool tells_itself = service->entry->is_last && service->starts == 1; /* by its prompt */
    if (service->state == services_state_running && !again && !tells_itself) {
        report_running(service);
    } else if (service->state != services_state_running) {
        report_other(service);
    }
}

void report_waits(const struct service *service, const char *name)
{
    j6_printf("[%s] %s: nobody serves %s", marks[services_state_waiting], service->entry->name,
              name);
}

/* ---- what system this is --------------------------------------------------------------------- */

static uint64_t count_cpus(void)
{
    const struct j6_clock_page *page = j6_clock_page();
    return page->cpu_count;
}

static void report_machine(void)
{
    struct j6_frames_info frames = {0};
    uint64_t len = sizeof(frames);
    const uint64_t frames_per_mib = (1 << 20) / j6_page_size;
    uint64_t cpus = count_cpus();
    if (j6_system_info(j6_find("system"), j6_topic_frames, 0, &frames, &len) == j6_status_ok) {
        j6_printf("%llu CPU%s, %llu MiB of memory, %llu MiB free", (unsigned long long)cpus,
                  cpus == 1 ? "" : "s", (unsigned long long)(frames.total / frames_per_mib),
                  (unsigned long long)(frames.free / frames_per_mib));
    }
}

void report_banner(void)
{
    j6_printf("Senary %s, commit %s", SENARY_VERSION, SENARY_COMMIT);
    report_machine();
    j6_printf("Type help or tour.");
    j6_printf("init: ready");
}

static uint64_t module_bytes(const struct j6_boot_info *boot)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < boot->module_count; i++) {
        bytes += (boot->module_sizes[i] + j6_page_size - 1) & -(uint64_t)j6_page_size;
    }
    return bytes;
}

void report_started(void)
{
    const struct j6_boot_info *boot = j6_boot_info();
    struct j6_frames_info frames = {0};
    uint64_t len = sizeof(frames);
    uint64_t now = __builtin_ia32_rdtsc();
    if (boot == NULL || !j6_boot_word("figures") ||
        j6_system_info(j6_find("system"), j6_topic_frames, 0, &frames, &len) != j6_status_ok) {
        return;
    }
    uint64_t used = (frames.total - frames.free) * j6_page_size;
    j6_printf("BENCH boot_to_prompt %llu insn", (unsigned long long)(now - boot->entry_tsc));
    j6_printf("BENCH mem_at_prompt %llu bytes", (unsigned long long)(used - module_bytes(boot)));
}

/* ---- what goes wrong, and the end ------------------------------------------------------------ */

void report_power(uint64_t action)
{
    j6_printf("init: the services end, then the system is %s",
              action == j6_power_off ? "switched off" : "reset");
}

void report_end(j6_status_t status)
{
    j6_printf("init: ends: %s", j6_status_text(status));
}

void report_line(unsigned line, const char *what, const char *word)
{
    j6_printf("[%s] manifest, line %u: %s %s", marks[services_state_failed], line, word, what);
}

void report_warning(const char *text, ...)
{
    char line[WARNING_MAX];
    va_list args;
    va_start(args, text);
    size_t len = vformat(line, sizeof(line), text, args);
    va_end(args);
    j6_printf("init: %.*s", (int)(len < sizeof(line) ? len : sizeof(line) - 1), line);
}

/* SPDX-License-Identifier: MIT */
/* Small commands about the system as a whole: about, clear, date, irq, mem, sleep, uptime. */
#include "userland/bin/commands/commands.h"
#include "version.h"
#include <cpuid.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int no_arguments(int argc)
{
    return argc == 1 ? exit_ok : wrong_usage();
}

static uint64_t cpu_count(void)
{
    return j6_clock_page()->cpu_count;
}

/* ---- about --------------------------------------------------------------------------------------- */

static void show_processor(void)
{
    unsigned words[12] = {0};
    char name[sizeof(words) + 1] = {0};
    unsigned highest = __get_cpuid_max(0x80000000, NULL);
    for (unsigned i = 0; i < 3 && highest >= 0x80000004; i++) {
        __get_cpuid(0x80000002 + i, &words[4 * i], &words[4 * i + 1], &words[4 * i + 2],
                    &words[4 * i + 3]);
    }
    memcpy(name, words, sizeof(words));
    printf("CPUs       %llu: %s\n", (unsigned long long)cpu_count(), name + strspn(name, " "));
}

int command_about(int argc, char **argv)
{
    struct j6_frames_info frames;
    uint64_t len = sizeof(frames);
    j6_handle_t system = j6_find("system");
    (void)argv;
    if (no_arguments(argc) != exit_ok) {
        return exit_usage;
    }
    printf("Senary     %s, commit %s\n", SENARY_VERSION, SENARY_COMMIT);
    show_processor();
    if (system != j6_handle_none &&
        j6_system_info(system, j6_topic_frames, 0, &frames, &len) == j6_status_ok) {
        printf("memory     %s, %s of it free\n", size_text(frames.total * j6_page_size),
               size_text(frames.free * j6_page_size));
    }
    puts("           `help` lists commands, `tour` shows the system around");
    return exit_ok;
}

/* ---- time ---------------------------------------------------------------------------------------- */

int command_date(int argc, char **argv)
{
    j6_time_t ns;
    char text[64];
    (void)argv;
    if (no_arguments(argc) != exit_ok) {
        return exit_usage;
    }
    if (j6_time_of_day(&ns) != j6_status_ok) {
        fputs("date: nobody has told the system the time of day\n", stderr);
        return exit_failed;
    }
    time_t seconds = (time_t)(ns / 1000000000);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", gmtime(&seconds));
    puts(text);
    return exit_ok;
}

int command_uptime(int argc, char **argv)
{
    j6_time_t ns = 0;
    (void)argv;
    if (no_arguments(argc) != exit_ok) {
        return exit_usage;
    }
    j6_clock(&ns);
    unsigned long long seconds = ns / 1000000000;
    printf("up %llu:%02llu:%02llu, %llu CPU%s\n", seconds / 3600, seconds / 60 % 60, seconds % 60,
           (unsigned long long)cpu_count(), cpu_count() == 1 ? "" : "s");
    return exit_ok;
}

/* With a fraction, if there is one. */
int command_sleep(int argc, char **argv)
{
    char *end = NULL;
    double seconds = argc == 2 ? strtod(argv[1], &end) : -1;
    j6_time_t now = 0;
    if (argc != 2 || end == argv[1] || *end != '\0' || !(seconds >= 0) || seconds > 1e9) {
        return wrong_usage();
    }
    j6_clock(&now);
    j6_thread_sleep(now + (j6_time_t)(seconds * 1e9));
    return exit_ok;
}

int command_clear(int argc, char **argv)
{
    (void)argv;
    if (no_arguments(argc) != exit_ok) {
        return exit_usage;
    }
    fputs("\033[H\033[2J\033[3J", stdout);
    return exit_ok;
}

/* ---- irq ----------------------------------------------------------------------------------------- */

int command_irq(int argc, char **argv)
{
    struct j6_snapshot cpus;
    const struct j6_cpu_info *row;
    (void)argv;
    if (no_arguments(argc) != exit_ok) {
        return exit_usage;
    }
    if (!look(j6_topic_cpus, 0, &cpus)) {
        return exit_failed;
    }
    printf("%3s %11s %11s %11s %11s %11s %11s\n", "CPU", "all", "devices", "timer", "other CPUs",
           "shootdowns", "nobody's");
    J6_SNAPSHOT_EACH(row, &cpus) {
        printf("%3u %11llu %11llu %11llu %11llu %11llu %11llu\n", row->index,
               (unsigned long long)row->interrupts, (unsigned long long)row->device_interrupts,
               (unsigned long long)row->alarms, (unsigned long long)row->kicks,
               (unsigned long long)row->shootdowns, (unsigned long long)row->spurious);
    }
    j6_snapshot_drop(&cpus);
    return exit_ok;
}

/* ---- mem ----------------------------------------------------------------------------------------- */

/* The kernel's own caches, the largest first. */
static int compare_slabs(const void *a, const void *b)
{
    const struct j6_slab_info *x = a, *y = b;
    return (x->frames < y->frames) - (x->frames > y->frames);
}

static void show_slabs(const struct j6_snapshot *snapshot)
{
    struct j6_slab_info *rows = (struct j6_slab_info *)snapshot->address;
    size_t count = snapshot->len / sizeof(*rows);
    qsort(rows, count, sizeof(*rows), compare_slabs);
    printf("\n%-24s %8s %8s %8s\n", "kernel's caches", "bytes", "in use", "memory");
    for (size_t i = 0; i < count && rows[i].frames != 0; i++) {
        printf("%-24.24s %8llu %8llu %8s\n", rows[i].name, (unsigned long long)rows[i].object_size,
               (unsigned long long)rows[i].live, size_text(rows[i].frames * j6_page_size));
    }
}

static void show_objects(const struct j6_objects_info *objects)
{
    printf("\nobjects   ");
    for (enum j6_type type = j6_type_system; type < j6_type_count; type++) {
        printf(" %llu %s%s", (unsigned long long)objects->live[type], j6_type_text(type),
               type + 1 < j6_type_count ? "," : "\n");
    }
}

/* What has just ended, and who has started this, takes some time to give back what it had. */
static bool wait_first(int argc, char **argv)
{
    struct options options = options_of(argv);
    j6_time_t now = 0;
    char option;
    while ((option = option_next(&options, "d:")) != '\0') {
        char *end = NULL;
        double pause = option == 'd' ? strtod(options.argument, &end) : 0;
        if (option == '?' || *end != '\0' || !(pause >= 0 && pause < 1e6)) {
            return false;
        }
        j6_clock(&now);
        j6_thread_sleep(now + (j6_time_t)(pause * 1e9));
    }
    return options.at == argc;
}

int command_mem(int argc, char **argv)
{
    struct j6_snapshot frames, objects, slabs;
    if (!wait_first(argc, argv)) {
        return wrong_usage();
    }
    if (!look(j6_topic_frames, 0, &frames) || !look(j6_topic_objects, 0, &objects) ||
        !look(j6_topic_slabs, 0, &slabs)) {
        return exit_failed;
    }
    const struct j6_frames_info *info = (const struct j6_frames_info *)frames.address;
    printf("memory     %s, %s used, %s free\n", size_text(info->total * j6_page_size),
           size_text((info->total - info->free) * j6_page_size),
           size_text(info->free * j6_page_size));
    show_objects((const struct j6_objects_info *)objects.address);
    show_slabs(&slabs);
    return exit_ok;
}

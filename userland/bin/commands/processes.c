/* SPDX-License-Identifier: MIT */
/* Commands about processes: ps, handles, maps. */
#include "userland/bin/commands/commands.h"
#include <string.h>

/* ---- ps ------------------------------------------------------------------------------------------ */

static const char *process_state(uint32_t state)
{
    static const char *const names[] = {"new", "running", "ending"};
    return state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

/* False: it has ended since the processes were looked at. */
static bool cpu_time(j6_koid_t process, uint64_t *out_time)
{
    struct j6_snapshot threads;
    const struct j6_thread_info *row;
    *out_time = 0;
    if (j6_snapshot_take(j6_find("system"), j6_topic_threads, process, &threads) != j6_status_ok) {
        return false;
    }
    J6_SNAPSHOT_EACH(row, &threads) {
        *out_time += row->cpu_time;
    }
    j6_snapshot_drop(&threads);
    return true;
}

int command_ps(int argc, char **argv)
{
    struct j6_snapshot processes;
    const struct j6_process_info *row;
    (void)argv;
    if (argc != 1) {
        return wrong_usage();
    }
    if (!look(j6_topic_processes, 0, &processes)) {
        return exit_failed;
    }
    printf("%6s %6s %-8s %7s %7s %8s %10s  %s\n", "PID", "MAKER", "STATE", "THREADS", "HANDLES",
           "MEMORY", "CPU ms", "NAME");
    J6_SNAPSHOT_EACH(row, &processes) {
        uint64_t time;
        if (!cpu_time(row->koid, &time)) {
            continue;
        }
        printf("%6llu %6llu %-8s %7llu %7llu %8s %10.1f  %.32s\n",
               (unsigned long long)koid_number(row->koid),
               (unsigned long long)koid_number(row->maker), process_state(row->state),
               (unsigned long long)row->threads, (unsigned long long)row->handles,
               size_text((row->pages + row->tables) * j6_page_size), (double)time / 1e6, row->name);
    }
    j6_snapshot_drop(&processes);
    return exit_ok;
}

/* ---- one process --------------------------------------------------------------------------------- */

static bool look_inside(int argc, char **argv, uint64_t topic, struct j6_snapshot *out_snapshot,
                        int *out_code)
{
    uint64_t number;
    if (argc != 2 || !number_of(argv[1], &number)) {
        *out_code = wrong_usage();
        return false;
    }
    *out_code = exit_failed;
    return look(topic, koid_of(j6_type_process, number), out_snapshot);
}

/* ---- handles ------------------------------------------------------------------------------------- */

static const char *right_name(enum j6_type type, unsigned bit)
{
    static const char *const common[] = {"duplicate", "transfer", "wait",
                                         "signal",    "info",     "close"};
    static const char *const own[j6_type_count][5] = {
        [j6_type_system] = {"restrict"},
        [j6_type_channel] = {"send", "receive"},
        [j6_type_endpoint] = {"send", "receive", "badge"},
        [j6_type_vma] = {"map", "read", "write", "exec", "resize"},
        [j6_type_process] = {"kill", "start", "give", "map", "debug"},
        [j6_type_thread] = {"kill", "control", "debug"},
    };
    if (bit >= 48) {
        return bit < 53 && type < j6_type_count ? own[type][bit - 48] : NULL;
    }
    return bit >= 40 && bit < 46 ? common[bit - 40] : NULL;
}

/* Those of the type first; what there is or, if that is less to read, what isn't there. */
static void show_rights(enum j6_type type, uint64_t rights)
{
    const unsigned first = 40, count = 13, start = 8;
    unsigned present = 0, missing = 0;
    for (unsigned bit = first; bit < first + count; bit++) {
        bool has = rights & J6_RIGHT(bit);
        bool is_one = right_name(type, bit) != NULL;
        present += is_one && has;
        missing += is_one && !has;
    }
    bool inverted = missing < 3 && missing < present;
    const char *separator = inverted && missing != 0 ? "all but " : "";
    fputs(inverted && missing == 0 ? "all" : "", stdout);
    for (unsigned i = 0; i < count; i++) {
        unsigned bit = first + (i + start) % count;
        const char *name = right_name(type, bit);
        if (name != NULL && ((rights & J6_RIGHT(bit)) != 0) != inverted) {
            printf("%s%s", separator, name);
            separator = ",";
        }
    }
}

int command_handles(int argc, char **argv)
{
    struct j6_snapshot handles;
    const struct j6_handle_info *row;
    int code;
    if (!look_inside(argc, argv, j6_topic_handles, &handles, &code)) {
        return code;
    }
    printf("%-16s %-8s %6s %16s  %s\n", "HANDLE", "TYPE", "OBJECT", "BADGE", "RIGHTS");
    J6_SNAPSHOT_EACH(row, &handles) {
        printf("%016llx %-8s %6llu %16llx  ", (unsigned long long)row->handle,
               j6_type_text(row->type), (unsigned long long)koid_number(row->koid),
               (unsigned long long)row->badge);
        show_rights(row->type, row->rights);
        putchar('\n');
    }
    j6_snapshot_drop(&handles);
    return exit_ok;
}

/* ---- maps ---------------------------------------------------------------------------------------- */

int command_maps(int argc, char **argv)
{
    struct j6_snapshot mappings;
    const struct j6_mapping_info *row;
    int code;
    if (!look_inside(argc, argv, j6_topic_mappings, &mappings, &code)) {
        return code;
    }
    printf("%-33s %-5s %8s %8s %8s\n", "ADDRESS", "MAY", "AREA", "OFFSET", "PRESENT");
    J6_SNAPSHOT_EACH(row, &mappings) {
        printf("%016llx-%016llx %c%c%c%c%c %8llu %8llx %8s\n", (unsigned long long)row->address,
               (unsigned long long)(row->address + row->len), row->flags & j6_map_read ? 'r' : '-',
               row->flags & j6_map_write ? 'w' : '-', row->flags & j6_map_exec ? 'x' : '-',
               row->flags & j6_map_guard ? 'g' : '-', row->flags & j6_map_fixed_size ? 'f' : '-',
               (unsigned long long)koid_number(row->area), (unsigned long long)row->offset,
               size_text(row->pages * j6_page_size));
    }
    j6_snapshot_drop(&mappings);
    return exit_ok;
}

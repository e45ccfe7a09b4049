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

enum { RIGHTS_FIRST = 40, RIGHTS_COUNT = 13, RIGHTS_OWN = 8 };

/* Adds the names of those rights, the type's own first. */
static void add_rights(char *text, enum j6_type type, uint64_t rights)
{
    const char *separator = "";
    for (unsigned i = 0; i < RIGHTS_COUNT; i++) {
        unsigned bit = RIGHTS_FIRST + (i + RIGHTS_OWN) % RIGHTS_COUNT;
        const char *name = right_name(type, bit);
        if (name != NULL && (rights & J6_RIGHT(bit))) {
            strcat(strcat(text, separator), name);
            separator = ",";
        }
    }
}

enum { RIGHTS_WIDTH = 46 }; /* what a row of 80 columns has room for */

/* What there is or, if that is too much for a row, what isn't there. */
static const char *rights_text(enum j6_type type, uint64_t rights)
{
    static char present[128], missing[128];
    strcpy(present, "");
    strcpy(missing, "all but ");
    size_t empty = strlen(missing);
    add_rights(present, type, rights);
    add_rights(missing, type, ~rights);
    if (missing[empty] == '\0') {
        return "all";
    }
    return strlen(present) <= RIGHTS_WIDTH ? present : missing;
}

/* What is rarely there stands last: so rows fit on a screen. */
int command_handles(int argc, char **argv)
{
    struct j6_snapshot handles;
    const struct j6_handle_info *row;
    int code;
    if (!look_inside(argc, argv, j6_topic_handles, &handles, &code)) {
        return code;
    }
    printf("%-16s %-8s %6s %-29s %s\n", "HANDLE", "TYPE", "OBJECT", "RIGHTS", "BADGE");
    J6_SNAPSHOT_EACH(row, &handles) {
        printf("%016llx %-8s %6llu ", (unsigned long long)row->handle, j6_type_text(row->type),
               (unsigned long long)koid_number(row->koid));
        const char *rights = rights_text(row->type, row->rights);
        if (row->badge != 0) {
            printf("%-29s %llx\n", rights, (unsigned long long)row->badge);
        } else {
            puts(rights);
        }
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

/* SPDX-License-Identifier: MIT */
/*
 * tree: processes below those that made them, and what connects them, found out from the handles of all: who can
 * receive at an endpoint serves those that can send there, and handles of the same area are memory that is shared.
 */
#include "userland/bin/commands/commands.h"
#include <stdlib.h>
#include <string.h>

struct holding {
    j6_koid_t object;
    uint64_t rights;
    size_t process; /* its place in the list */
};

struct world {
    const struct j6_process_info **processes;
    size_t count;
    struct holding *holdings; /* sorted by object, then by process */
    size_t holding_count;
    size_t room;
};

static bool add_holdings(struct world *world, size_t process)
{
    struct j6_snapshot handles;
    const struct j6_handle_info *row;
    if (j6_snapshot_take(j6_find("system"), j6_topic_handles, world->processes[process]->koid,
                         &handles) != j6_status_ok) {
        return true; /* it has ended meanwhile */
    }
    J6_SNAPSHOT_EACH(row, &handles) {
        if (world->holding_count == world->room) {
            world->room = 2 * world->room + 256;
            world->holdings = realloc(world->holdings, world->room * sizeof(*world->holdings));
            if (world->holdings == NULL) {
                return false;
            }
        }
        world->holdings[world->holding_count++] = (struct holding){row->koid, row->rights, process};
    }
    j6_snapshot_drop(&handles);
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct holding *x = a, *y = b;
    if (x->object != y->object) {
        return x->object < y->object ? -1 : 1;
    }
    return (x->process > y->process) - (x->process < y->process);
}

/* Shows each process once that has such a right on the object, but for one. True: there are some. */
static bool show_others(const struct world *world, size_t from, size_t but, uint64_t right,
                        const char *before, const char *word)
{
    j6_koid_t object = world->holdings[from].object;
    size_t last = but;
    bool found = false;
    for (size_t i = from; i < world->holding_count && world->holdings[i].object == object; i++) {
        const struct holding *holding = &world->holdings[i];
        if (holding->process != but && holding->process != last && holding->rights & right) {
            const struct j6_process_info *process = world->processes[holding->process];
            if (!found) {
                printf("%s%s %s %llu:", before, word, j6_type_text((enum j6_type)(object >> 60)),
                       (unsigned long long)koid_number(object));
            }
            printf(" %.32s(%llu)", process->name, (unsigned long long)koid_number(process->koid));
            found = true;
            last = holding->process;
        }
    }
    if (found) {
        putchar('\n');
    }
    return found;
}

/* What a process is to others, object by object. */
static void show_connections(const struct world *world, size_t process, const char *before)
{
    size_t first = 0;
    for (size_t i = 0; i < world->holding_count; i++) {
        const struct holding *holding = &world->holdings[i];
        first = i == 0 || holding[-1].object != holding->object ? i : first;
        bool again = i > first && holding[-1].process == process;
        if (holding->process != process || again) {
            continue;
        }
        switch (holding->object >> j6_handle_type_shift) {
        case j6_type_endpoint:
            if (holding->rights & j6_right_endpoint_receive) {
                show_others(world, first, process, j6_right_endpoint_send, before, "serves at");
            }
            break;
        case j6_type_channel:
            if (holding->rights & j6_right_channel_send) {
                show_others(world, first, process, j6_right_channel_receive, before, "writes to");
            }
            break;
        case j6_type_vma:
            show_others(world, first, process, j6_right_vma_map, before, "shares");
            break;
        case j6_type_process:
            show_others(world, first, process, j6_right_process_kill, before, "with others holds");
            break;
        default: break;
        }
    }
}

enum { DEPTH_MAX = 32 };

static void show_below(const struct world *world, j6_koid_t maker, unsigned depth)
{
    char before[4 * DEPTH_MAX + 8];
    for (size_t i = 0; i < world->count; i++) {
        const struct j6_process_info *process = world->processes[i];
        if (process->maker != maker) {
            continue;
        }
        printf("%*s%.32s (%llu)\n", (int)(2 * depth), "", process->name,
               (unsigned long long)koid_number(process->koid));
        snprintf(before, sizeof(before), "%*s  . ", (int)(2 * depth), "");
        show_connections(world, i, before);
        if (depth < DEPTH_MAX) {
            show_below(world, process->koid, depth + 1);
        }
    }
}

/* Those whose maker has ended stand on their own. */
static bool is_alive(const struct world *world, j6_koid_t koid)
{
    for (size_t i = 0; i < world->count; i++) {
        if (world->processes[i]->koid == koid) {
            return true;
        }
    }
    return false;
}

/* Is there one of the same maker before it? */
static bool has_elder(const struct world *world, size_t process)
{
    size_t i = 0;
    while (world->processes[i]->maker != world->processes[process]->maker) {
        i++;
    }
    return i != process;
}

static void show_orphans(const struct world *world)
{
    for (size_t i = 0; i < world->count; i++) {
        j6_koid_t maker = world->processes[i]->maker;
        if (maker != 0 && !has_elder(world, i) && !is_alive(world, maker)) {
            printf("(%llu, which has ended)\n", (unsigned long long)koid_number(maker));
            show_below(world, maker, 1);
        }
    }
}

static bool gather(struct world *world, const struct j6_snapshot *processes)
{
    const struct j6_process_info *row;
    J6_SNAPSHOT_EACH(row, processes) {
        world->count++;
    }
    world->processes = calloc(world->count + 1, sizeof(*world->processes));
    bool enough = world->processes != NULL;
    size_t i = 0;
    J6_SNAPSHOT_EACH(row, processes) {
        if (enough) {
            world->processes[i] = row;
            enough = add_holdings(world, i++);
        }
    }
    if (enough && world->holding_count != 0) {
        qsort(world->holdings, world->holding_count, sizeof(*world->holdings), compare);
    }
    return enough;
}

int command_tree(int argc, char **argv)
{
    struct j6_snapshot processes;
    struct world world = {.count = 0};
    (void)argv;
    if (argc != 1) {
        return wrong_usage();
    }
    if (!look(j6_topic_processes, 0, &processes)) {
        return exit_failed;
    }
    if (!gather(&world, &processes)) {
        return failed("memory");
    }
    show_below(&world, 0, 0);
    show_orphans(&world);
    return exit_ok;
}

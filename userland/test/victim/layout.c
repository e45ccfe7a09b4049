/* SPDX-License-Identifier: MIT */
/* How many page tables the addresses that a small program uses need. */
#include "userland/test/victim/victim.h"

enum { PLACES_MAX = 8 };

static struct {
    uint64_t at[PLACES_MAX];
    int count;
} places;

static void place_add(const void *address)
{
    places.at[places.count++] = (uint64_t)address;
}

/* The different stretches of 2^shift bytes that they lie in. */
static int stretches(unsigned shift)
{
    int count = 0;
    for (int i = 0; i < places.count; i++) {
        bool first = true;
        for (int k = 0; k < i; k++) {
            first &= places.at[k] >> shift != places.at[i] >> shift;
        }
        count += first;
    }
    return count;
}

static int64_t note_stack(void *arg)
{
    (void)arg;
    char local = 0;
    place_add(&local);
    return 0;
}

int64_t mode_count_tables(int64_t argument)
{
    static const char constant = 1;
    static char variable;
    struct j6_thread thread;
    j6_handle_t area;
    uint64_t address = 0;
    if (j6_thread_run(&thread, note_stack, NULL, 4 * j6_page_size) != j6_status_ok ||
        j6_thread_join(&thread, NULL) != j6_status_ok ||
        j6_vma_create_map(j6_page_size, 0, j6_map_read, &address, &area) != j6_status_ok) {
        return -1;
    }
    place_add(&argument);
    place_add(&constant);
    place_add(&variable);
    place_add((const void *)mode_count_tables);
    place_add((const void *)address);
    place_add(j6_clock_page());
    return 1 + stretches(39) + stretches(30) + stretches(21);
}

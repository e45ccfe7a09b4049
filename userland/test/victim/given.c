/* SPDX-License-Identifier: MIT */
/* What the victim was given: rows of the start table, and shared memory. */
#include "lib/string.h"
#include "userland/test/victim/victim.h"

/* The three rows that the test lists, behind the two of the process itself. */
int64_t mode_rows(int64_t argument)
{
    (void)argument;
    size_t count;
    const struct j6_start_handle *rows = j6_start_rows(&count);
    j6_koid_t first = 0;
    j6_koid_t last = 0;
    j6_object_koid(j6_find("first"), &first);
    j6_object_koid(j6_find_nth("first", 1), &last);
    bool right = count == 5 && j6_find("second") == rows[3].handle &&
                 j6_find_nth("first", 1) == rows[4].handle && first != 0 && first == last &&
                 j6_find_nth("first", 2) == j6_handle_none && j6_find("third") == j6_handle_none &&
                 j6_handle_rights(rows[2].handle) == j6_right_vma_map &&
                 j6_handle_rights(rows[3].handle) == j6_right_info &&
                 j6_handle_rights(rows[4].handle) == j6_right_vma_read;
    for (size_t i = 2; i < count; i++) {
        right = right && rows[i].kind == j6_start_other &&
                rows[i].type == j6_handle_type(rows[i].handle);
    }
    return right ? 0 : 1;
}

/* Reads what the test wrote into the shared area, and answers in it. */
int64_t mode_share(int64_t argument)
{
    (void)argument;
    char *memory = map_role("shared");
    if (!string_equal(memory, "from the test")) {
        return 1;
    }
    string_copy(memory + 3 * j6_page_size, 64, "from the victim");
    return 0;
}

/* Tells in the shared area where its word is, and what it finds there when it has changed. */
int64_t mode_await_word(int64_t argument)
{
    (void)argument;
    static volatile uint64_t word;
    volatile uint64_t *shared = map_role("shared");
    shared[0] = (uint64_t)&word;
    while (word == 0) {
        j6_thread_sleep(0);
    }
    shared[1] = word;
    return 0;
}

int64_t mode_time_of_day(int64_t argument)
{
    (void)argument;
    j6_time_t time;
    return j6_time_of_day(&time) == j6_status_ok ? (int64_t)(time / (24 * 3600 * 1000000000ull))
                                                 : -1;
}

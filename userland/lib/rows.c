/* SPDX-License-Identifier: MIT */
/* The start table: which handles this process was given, found by role. */
#include "lib/string.h"
#include "userland/lib/start.h"
#include <j6/j6.h>

static const struct j6_start_handle *start_rows;
static size_t start_row_count;

void start_rows_set(const struct j6_start_handle *rows, size_t count)
{
    start_rows = rows;
    start_row_count = count;
}

const struct j6_start_handle *j6_start_rows(size_t *out_count)
{
    *out_count = start_row_count;
    return start_rows;
}

j6_handle_t j6_find(const char *role)
{
    return j6_find_nth(role, 0);
}

j6_handle_t j6_find_nth(const char *role, size_t n)
{
    for (size_t i = 0; i < start_row_count; i++) {
        if (strncmp(start_rows[i].role, role, sizeof(start_rows[i].role)) == 0 && n-- == 0) {
            return start_rows[i].handle;
        }
    }
    return j6_handle_none;
}

void j6_print_rows(const char *who)
{
    for (size_t i = 0; i < start_row_count; i++) {
        const struct j6_start_handle *row = &start_rows[i];
        if (row->kind == j6_start_segment) {
            continue;
        }
        j6_printf("%s: handle %016llx %-8s %-5s %.*s", who, (unsigned long long)row->handle,
                  j6_type_text(row->type), row->kind == j6_start_self ? "self" : "other",
                  (int)sizeof(row->role), row->role);
    }
}

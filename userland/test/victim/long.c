/* SPDX-License-Identifier: MIT */
/* Operations that take long. The argument is a size in MiB, or a number of things. */
#include "lib/string.h"
#include "userland/test/long.h"
#include "userland/test/victim/victim.h"

enum { MIB = 1 << 20, STACK = 4 * j6_page_size, WRITERS = 10 };

static const uint64_t READ_WRITE = j6_map_read | j6_map_write;

static void must(j6_status_t status)
{
    if (status != j6_status_ok) {
        j6_printf("victim: %s", j6_status_text(status));
        j6_exit(-1);
    }
}

static void tell_start(struct long_report *report)
{
    __atomic_store_n(&report->started, 1, __ATOMIC_RELEASE);
    must(j6_futex_wake(&report->started, 1));
}

static char *touched(uint64_t size, j6_handle_t *out_area)
{
    uint64_t address = 0;
    must(j6_vma_create_map(size, 0, READ_WRITE, &address, out_area));
    for (uint64_t at = 0; at < size; at += j6_page_size) {
        *(volatile char *)(address + at) = 1;
    }
    return (char *)address;
}

/* That many MiB of 'x' in a row, all of them the same one. */
static const char *many_x(uint64_t mib)
{
    j6_handle_t area;
    uint64_t place = 0;
    must(j6_vma_create(mib * MIB, 0, &area));
    must(j6_vma_map(area, j6_handle_self_process, &place, 0, 0, READ_WRITE));
    must(j6_vma_unmap(area, j6_handle_self_process, place, 0));
    must(j6_handle_close(area));
    must(j6_vma_create(MIB, 0, &area));
    for (uint64_t i = 0; i < mib; i++) {
        uint64_t address = place + i * MIB;
        must(j6_vma_map(area, j6_handle_self_process, &address, 0, 0, READ_WRITE | j6_map_exact));
    }
    memset((void *)place, 'x', MIB);
    return (const char *)place;
}

int64_t mode_long_write(int64_t mib)
{
    struct long_report *report = map_role("report");
    const char *from = many_x((uint64_t)mib);
    report->len = (uint64_t)mib * MIB;
    tell_start(report);
    must(j6_vma_write(j6_find("target"), 0, from, &report->len));
    report->done = 1;
    return 0;
}

int64_t mode_long_unmap(int64_t mib)
{
    struct long_report *report = map_role("report");
    j6_handle_t area;
    char *memory = touched((uint64_t)mib * MIB, &area);
    tell_start(report);
    must(j6_vma_unmap(area, j6_handle_self_process, (uint64_t)memory, 0));
    report->done = 1;
    return 0;
}

/* What the process with the role `owner` has mapped; 1 if that has ended before. */
int64_t mode_long_unmap_of(int64_t argument)
{
    (void)argument;
    struct long_report *report = map_role("report");
    tell_start(report);
    j6_status_t status = j6_vma_unmap(j6_find("target"), j6_find("owner"), report->address, 0);
    report->done = 1;
    return status == j6_status_ok ? 0 : 1;
}

/* Touches all of the area with the role `target`, and stays. */
int64_t mode_touch(int64_t mib)
{
    struct long_report *report = map_role("report");
    char *memory = map_role("target");
    for (uint64_t at = 0; at < (uint64_t)mib * MIB; at += j6_page_size) {
        *(volatile char *)(memory + at) = 1;
    }
    report->address = (uint64_t)memory;
    tell_start(report);
    j6_thread_sleep(j6_deadline_never);
    return -1;
}

int64_t mode_end_with_handles(int64_t count)
{
    struct long_report *report = map_role("report");
    j6_handle_t area;
    j6_handle_t copy;
    must(j6_vma_create(j6_page_size, 0, &area));
    for (int64_t i = 0; i < count; i++) {
        must(j6_handle_duplicate(area, 0, 0, &copy));
    }
    tell_start(report);
    return 0;
}

int64_t mode_end_with_pages(int64_t mib)
{
    struct long_report *report = map_role("report");
    j6_handle_t area;
    touched((uint64_t)mib * MIB, &area);
    tell_start(report);
    return 0;
}

int64_t mode_end_with_mappings(int64_t count)
{
    struct long_report *report = map_role("report");
    j6_handle_t area;
    must(j6_vma_create(j6_page_size, 0, &area));
    for (int64_t i = 0; i < count; i++) {
        uint64_t address = 0;
        must(j6_vma_map(area, j6_handle_self_process, &address, 0, 0, READ_WRITE));
    }
    tell_start(report);
    return 0;
}

/* Closes a system object that so many were restricted from. */
int64_t mode_long_close(int64_t count)
{
    struct long_report *report = map_role("report");
    const struct j6_range range = {.kind = j6_range_info, .count = 1};
    j6_handle_t parent;
    j6_handle_t child;
    must(j6_system_restrict(j6_find("target"), &range, 1, &parent));
    for (int64_t i = 0; i < count; i++) {
        must(j6_system_restrict(parent, &range, 1, &child));
    }
    tell_start(report);
    must(j6_object_close(parent));
    report->done = 1;
    return 0;
}

/* Shrinks the area with the role `target`, all of which was touched. */
int64_t mode_long_resize(int64_t mib)
{
    struct long_report *report = map_role("report");
    char *memory = map_role("target");
    uint64_t size = j6_page_size;
    for (uint64_t at = 0; at < (uint64_t)mib * MIB; at += j6_page_size) {
        *(volatile char *)(memory + at) = 1;
    }
    tell_start(report);
    must(j6_vma_resize(j6_find("target"), &size));
    report->done = 1;
    return 0;
}

struct writer {
    const char *from;
    uint64_t len;
    struct j6_thread thread;
};

/* 0 if what it has written is there. */
static int64_t write_and_look(void *arg)
{
    const struct writer *writer = arg;
    uint64_t len = writer->len;
    uint64_t address = 0;
    j6_handle_t area;
    must(j6_vma_create_map(len, 0, READ_WRITE, &address, &area));
    must(j6_vma_write(area, 0, writer->from, &len));
    bool right = len == writer->len;
    for (uint64_t at = 0; at < len; at += j6_page_size) {
        right = right && *(const char *)(address + at) == 'x';
    }
    must(j6_vma_unmap(area, j6_handle_self_process, address, 0));
    must(j6_handle_close(area));
    return right ? 0 : 1;
}

int64_t mode_long_writers(int64_t mib)
{
    static struct writer writers[WRITERS];
    struct long_report *report = map_role("report");
    const char *from = many_x((uint64_t)mib);
    int64_t wrong = 0;
    tell_start(report);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.from = from, .len = (uint64_t)mib * MIB};
        must(j6_thread_run(&writers[i].thread, write_and_look, &writers[i], STACK));
    }
    for (int i = 0; i < WRITERS; i++) {
        int64_t code = 1;
        must(j6_thread_join(&writers[i].thread, &code));
        wrong += code;
    }
    report->done = 1;
    return wrong;
}

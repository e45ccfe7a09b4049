/* SPDX-License-Identifier: MIT */
/* Takes as much of one thing as it can get, tells the test what stopped it, and keeps it. */
#include "userland/test/hoard.h"
#include "userland/test/victim/victim.h"

#define GIB (1ull << 30)

enum { CLONE_PAGES = 16 };

static j6_handle_t area; /* large enough for all of them */

static j6_status_t hoard_handle(uint64_t n)
{
    (void)n;
    j6_handle_t copy;
    return j6_handle_duplicate(area, 0, 0, &copy);
}

static j6_status_t hoard_area(uint64_t n)
{
    (void)n;
    j6_handle_t handle;
    return j6_vma_create(j6_page_size, 0, &handle);
}

static j6_status_t write_at(uint64_t offset)
{
    uint64_t len = 1;
    return j6_vma_write(area, offset, "x", &len);
}

static j6_status_t hoard_page(uint64_t n)
{
    return write_at(n * j6_page_size);
}

static j6_status_t hoard_sparse_page(uint64_t n)
{
    return write_at(n * GIB);
}

/* Of pages that are there: the clone's maker pays for them as well. */
static j6_status_t hoard_clone(uint64_t n)
{
    j6_handle_t clone;
    j6_status_t status = n < CLONE_PAGES ? hoard_page(n) : j6_status_ok;
    return status != j6_status_ok ? status
                                  : j6_vma_clone(area, 0, CLONE_PAGES * j6_page_size, 0, &clone);
}

static j6_status_t hoard_mapping(uint64_t n)
{
    (void)n;
    uint64_t address = 0;
    return j6_vma_map(area, j6_handle_self_process, &address, 0, j6_page_size, j6_map_read);
}

/* The kernel writes to it, so that a refusal is an error and no fault. */
static j6_status_t hoard_far_mapping(uint64_t n)
{
    uint64_t address = 0x100000000000 + n * GIB;
    j6_status_t status = j6_vma_map(area, j6_handle_self_process, &address, 0, j6_page_size,
                                    j6_map_read | j6_map_write);
    return status != j6_status_ok ? status : j6_random((void *)address, 1);
}

static j6_status_t hoard_thread(uint64_t n)
{
    (void)n;
    j6_handle_t thread;
    return j6_thread_create(j6_handle_self_process, GIB, GIB, 0, 0, &thread);
}

static j6_status_t hoard_process(uint64_t n)
{
    (void)n;
    j6_handle_t process;
    return j6_process_create("x", 1, NULL, 0, &process);
}

/* The child's page isn't used: it is the root of its page tables. */
/* One page for its page tables, a part of one for the mapping of the clock page. */
static j6_status_t hoard_account(uint64_t n)
{
    (void)n;
    static const struct j6_limits limits = {.pages = 2, .priority = 7};
    j6_handle_t process;
    return j6_process_create("x", 1, &limits, 0, &process);
}

static j6_status_t hoard_system(uint64_t n)
{
    (void)n;
    static const struct j6_range range = {.kind = j6_range_info, .first = 0, .count = 1};
    j6_handle_t restricted;
    return j6_system_restrict(j6_find("system"), &range, 1, &restricted);
}

/* Filled as far as it takes anything. */
static j6_status_t hoard_channel(uint64_t n)
{
    (void)n;
    static char data[4096];
    uint64_t len = sizeof(data);
    j6_handle_t channel;
    j6_status_t created = j6_channel_create(0, &channel);
    j6_status_t sent = created;
    while (sent == j6_status_ok) {
        sent = j6_channel_send(channel, &len, data, j6_deadline_poll);
    }
    return created;
}

static j6_status_t (*const kinds[HOARD_KINDS])(uint64_t n) = {
    [HOARD_HANDLES] = hoard_handle,
    [HOARD_AREAS] = hoard_area,
    [HOARD_PAGES] = hoard_page,
    [HOARD_SPARSE_PAGES] = hoard_sparse_page,
    [HOARD_CLONES] = hoard_clone,
    [HOARD_MAPPINGS] = hoard_mapping,
    [HOARD_FAR_MAPPINGS] = hoard_far_mapping,
    [HOARD_THREADS] = hoard_thread,
    [HOARD_PROCESSES] = hoard_process,
    [HOARD_ACCOUNTS] = hoard_account,
    [HOARD_SYSTEMS] = hoard_system,
    [HOARD_CHANNELS] = hoard_channel,
};

/* Makes what costs little but must be there. */
static struct hoard_report *prepare(void)
{
    if (j6_vma_create(1ull << 46, 0, &area) != j6_status_ok) {
        j6_exit(-1);
    }
    return map_role("report");
}

/* Says that it is there, and waits for all others to be. */
static void start_together(struct hoard_report *report)
{
    __atomic_add_fetch(&report->ready, 1, __ATOMIC_SEQ_CST);
    while (!report->go) {
        j6_thread_sleep(0);
    }
}

int64_t mode_hoard(int64_t argument)
{
    struct hoard_report *report = prepare();
    start_together(report);
    j6_status_t status;
    uint64_t count = 0;
    while ((status = kinds[argument](count)) == j6_status_ok) {
        count++;
    }
    report->count = count;
    report->status = status;
    __atomic_add_fetch(&report->done, 1, __ATOMIC_SEQ_CST);
    j6_thread_sleep(j6_deadline_never);
    return 0;
}

/* Takes page after page by touching them: who is refused ends. */
int64_t mode_touch_all(int64_t argument)
{
    (void)argument;
    uint64_t address = 0;
    struct hoard_report *report = prepare();
    j6_status_t status =
        j6_vma_map(area, j6_handle_self_process, &address, 0, GIB, j6_map_read | j6_map_write);
    start_together(report);
    for (uint64_t i = 0; status == j6_status_ok; i++) {
        *(volatile char *)(address + i * j6_page_size) = 1;
    }
    return -1;
}

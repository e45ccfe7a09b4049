/* SPDX-License-Identifier: MIT */
/*
 * What calls on memory answer when the account of the process has nothing left. It is used up by a
 * filler, whose pages are given up one by one for what is to succeed. Each mode's value is 0, or the
 * line of the first thing that wasn't as it should be.
 */
#include "userland/test/victim/victim.h"

enum { PAGE = j6_page_size, FILLER_PAGES = 1 << 16, LARGE = 512, PLACES = 2000 };

static const uint64_t READ_WRITE = j6_map_read | j6_map_write;
static const j6_handle_t SELF = j6_handle_self_process;

static int64_t wrong; /* a line; 0: nothing */
static j6_handle_t filler;
static uint64_t filled; /* pages of it */

#define EXPECT(condition) expect(condition, __LINE__)

static void expect(bool condition, int64_t line)
{
    if (!condition && wrong == 0) {
        wrong = line;
    }
}

static j6_status_t commit(j6_handle_t area, uint64_t first, uint64_t *pages)
{
    uint64_t len = *pages * PAGE;
    j6_status_t status = j6_vma_op_range(area, j6_op_commit, first * PAGE, &len);
    *pages = len / PAGE;
    return status;
}

static j6_status_t decommit(j6_handle_t area, uint64_t first, uint64_t pages)
{
    uint64_t len = pages * PAGE;
    return j6_vma_op_range(area, j6_op_decommit, first * PAGE, &len);
}

static j6_status_t map(j6_handle_t area, uint64_t *address, uint64_t flags)
{
    return j6_vma_map(area, SELF, address, 0, 0, flags);
}

static j6_status_t put(j6_handle_t area, uint64_t page, char byte)
{
    uint64_t len = 1;
    return j6_vma_write(area, page * PAGE, &byte, &len);
}

static char get(j6_handle_t area, uint64_t page)
{
    char byte = 0;
    uint64_t len = 1;
    EXPECT(j6_vma_read(area, page * PAGE, &byte, &len) == j6_status_ok);
    return byte;
}

/* So that nothing that runs here needs a page or a page table any more. */
static void touch_program(void)
{
    extern const char __ehdr_start[] __attribute__((visibility("hidden")));
    char stack[4 * PAGE];
    const char *page = __ehdr_start;
    uint64_t len = 1;
    for (uint64_t i = 0; i < sizeof(stack); i += 256) {
        EXPECT(j6_random(stack + i, 256) == j6_status_ok);
    }
    while (j6_vma_write(filler, 0, page, &len) == j6_status_ok) {
        page += PAGE;
    }
}

/* Leaves less than a mapping takes, which is less than any object does. */
static void exhaust(void)
{
    if (filler == j6_handle_none) {
        EXPECT(j6_vma_create((uint64_t)FILLER_PAGES * PAGE, 0, &filler) == j6_status_ok);
        touch_program();
    }
    filled = FILLER_PAGES;
    EXPECT(commit(filler, 0, &filled) == j6_err_quota);
    uint64_t address = 0;
    while (map(filler, &address, 0) == j6_status_ok) {
        address = 0;
    }
}

static void relieve(uint64_t pages)
{
    EXPECT(decommit(filler, filled - pages, pages) == j6_status_ok);
    filled -= pages;
}

/* An area whose first `present` pages are there, the first byte of each its number. */
static j6_handle_t area_with(uint64_t pages, uint64_t present, uint64_t flags)
{
    j6_handle_t area = j6_handle_none;
    EXPECT(j6_vma_create(pages * PAGE, flags, &area) == j6_status_ok);
    for (uint64_t i = 0; i < present; i++) {
        EXPECT(put(area, i, (char)i) == j6_status_ok);
    }
    return area;
}

int64_t mode_short_of_mappings(int64_t argument)
{
    (void)argument;
    uint64_t address = 0;
    uint64_t other = 0;
    j6_handle_t area = area_with(8, 8, 0);
    EXPECT(map(area, &address, READ_WRITE) == j6_status_ok);
    *(volatile char *)address = 'x';
    *(volatile char *)(address + PAGE) = 'x'; /* it may need a page table of its own */
    exhaust();
    EXPECT(map(area, &other, READ_WRITE) == j6_err_quota);
    EXPECT(j6_vma_create_map(PAGE, 0, READ_WRITE, &other, &area) == j6_err_quota);
    EXPECT(j6_vma_create(PAGE, 0, &area) == j6_err_quota);
    EXPECT(other == 0);
    EXPECT(j6_vma_protect(area, SELF, address + PAGE, PAGE, j6_map_read) == j6_err_quota);
    EXPECT(j6_vma_unmap(area, SELF, address + PAGE, PAGE) == j6_err_quota);
    EXPECT(j6_random((char *)address + PAGE, 1) == j6_status_ok);
    EXPECT(j6_vma_protect(area, SELF, address, 0, j6_map_read) == j6_status_ok);
    EXPECT(j6_random((char *)address, 1) == j6_err_bad_address);
    EXPECT(*(volatile char *)address == 'x');
    EXPECT(j6_vma_unmap(area, SELF, address, 0) == j6_status_ok);
    return wrong;
}

int64_t mode_short_of_pages(int64_t argument)
{
    (void)argument;
    static const char data[4 * PAGE];
    j6_handle_t area = area_with(64, 1, 0);
    uint64_t address = 0;
    EXPECT(map(area, &address, READ_WRITE) == j6_status_ok);
    EXPECT(*(volatile char *)address == 0);
    exhaust();
    EXPECT(put(area, 1, 'x') == j6_err_quota);
    EXPECT(j6_random((char *)address + PAGE, 1) == j6_err_quota);
    uint64_t pages = 40;
    EXPECT(commit(area, 0, &pages) == j6_err_quota && pages == 1);
    relieve(10);
    pages = 40;
    EXPECT(commit(area, 1, &pages) == j6_err_quota && pages == 10);
    relieve(2);
    uint64_t len = sizeof(data);
    EXPECT(j6_vma_write(area, 20 * PAGE - 5, data, &len) == j6_err_quota && len == PAGE + 5);
    relieve(1);
    len = sizeof(data);
    EXPECT(j6_process_write(SELF, address + 40 * PAGE - 5, data, &len) == j6_err_quota);
    EXPECT(len == PAGE + 5 || len == 5);
    return wrong;
}

int64_t mode_short_of_pages_for_a_clone(int64_t argument)
{
    (void)argument;
    j6_handle_t area = area_with(64, 11, 0);
    j6_handle_t clone;
    exhaust();
    relieve(11);
    EXPECT(j6_vma_clone(area, 0, 64 * PAGE, 0, &clone) == j6_err_quota);
    relieve(1);
    EXPECT(j6_vma_clone(area, 0, 64 * PAGE, 0, &clone) == j6_status_ok);
    EXPECT(get(clone, 10) == 10);
    uint64_t pages = 12;
    EXPECT(commit(filler, filled, &pages) == j6_err_quota && pages == 0);
    EXPECT(j6_handle_close(clone) == j6_status_ok);
    return wrong;
}

int64_t mode_short_of_pages_for_fixed_size(int64_t argument)
{
    (void)argument;
    j6_handle_t area = area_with(60, 1, 0);
    uint64_t address = 0;
    EXPECT(map(area, &address, READ_WRITE) == j6_status_ok);
    exhaust();
    EXPECT(j6_vma_unmap(area, SELF, address, 0) == j6_status_ok);
    relieve(20);
    uint64_t other = address;
    EXPECT(map(area, &other, READ_WRITE | j6_map_exact | j6_map_fixed_size) == j6_err_quota);
    EXPECT(j6_random((char *)address, 1) == j6_err_bad_address);
    EXPECT(decommit(area, 0, 60) == j6_status_ok); /* nothing stands in its way */
    return wrong;
}

/* The pages are there; the tables to show them aren't. */
int64_t mode_short_of_tables(int64_t argument)
{
    (void)argument;
    j6_handle_t area = area_with(4, 4, 0);
    /* In the half of the space without the window: three tables are missing. */
    uint64_t address = (uint64_t)&wrong < 1ull << 46 ? 1ull << 46 : 1ull << 40;
    EXPECT(map(area, &address, READ_WRITE | j6_map_exact) == j6_status_ok);
    exhaust();
    EXPECT(j6_random((char *)address, 8) == j6_err_quota);
    relieve(2);
    EXPECT(j6_random((char *)address, 8) == j6_err_quota);
    relieve(1);
    EXPECT(j6_random((char *)address, 8) == j6_status_ok);
    EXPECT(((volatile char *)address)[3 * PAGE] == 3);
    return wrong;
}

/* Nodes of the tree have to be copied first. */
int64_t mode_short_of_nodes(int64_t argument)
{
    (void)argument;
    j6_handle_t area = area_with(64, 40, j6_vma_flag_resizable);
    j6_handle_t clone;
    uint64_t size = 10 * PAGE;
    EXPECT(j6_vma_clone(area, 0, 64 * PAGE, 0, &clone) == j6_status_ok);
    exhaust();
    EXPECT(put(area, 3, 'x') == j6_err_quota);
    EXPECT(decommit(area, 2, 5) == j6_err_quota);
    EXPECT(j6_vma_resize(area, &size) == j6_err_quota);
    EXPECT(get(area, 3) == 3 && get(clone, 3) == 3 && get(area, 39) == 39);
    relieve(1);
    size = 10 * PAGE;
    EXPECT(j6_vma_resize(area, &size) == j6_status_ok);
    EXPECT(put(area, 3, 'x') == j6_status_ok);
    EXPECT(get(area, 3) == 'x' && get(clone, 3) == 3 && get(clone, 39) == 39);
    return wrong;
}

int64_t mode_short_of_channels(int64_t argument)
{
    (void)argument;
    enum { ALL = 64 << 10 };
    static volatile char data[ALL];
    j6_handle_t channel;
    for (uint64_t i = 0; i < ALL; i += PAGE) {
        data[i] = 1;
    }
    exhaust();
    EXPECT(j6_channel_create(0, &channel) == j6_err_quota);
    relieve(3);
    EXPECT(j6_channel_create(0, &channel) == j6_status_ok);
    for (int i = 0; i < 2; i++) {
        uint64_t len = ALL;
        uint64_t more = 1;
        EXPECT(j6_channel_send(channel, &len, (const char *)data, 0) == j6_status_ok);
        EXPECT(len >= PAGE && len < ALL && len % PAGE == 0);
        EXPECT(j6_channel_send(channel, &more, (const char *)data, 0) == j6_status_would_block);
        EXPECT(j6_channel_receive(channel, &len, (char *)data, 0) == j6_status_ok);
    }
    relieve(16);
    uint64_t len = ALL;
    EXPECT(j6_channel_send(channel, &len, (const char *)data, 0) == j6_status_ok && len == ALL);
    return wrong;
}

/*
 * A large page is shown, and its area has been cloned. The first write copies a page and the nodes
 * above it, but has no table to split the large page with.
 */
int64_t mode_short_of_a_table_to_split(int64_t argument)
{
    (void)argument;
    j6_handle_t area = area_with(LARGE, 0, j6_vma_flag_large);
    j6_handle_t clone;
    uint64_t address = 0;
    EXPECT(map(area, &address, READ_WRITE) == j6_status_ok);
    volatile char *memory = (volatile char *)address;
    memory[5 * PAGE] = 'a';
    EXPECT(j6_vma_clone(area, 0, LARGE * PAGE, 0, &clone) == j6_status_ok);
    exhaust();
    relieve(1);
    EXPECT(j6_random((char *)address + 5 * PAGE + 9, 1) == j6_err_quota);
    EXPECT(put(area, 5, 'b') == j6_status_ok);
    relieve(1);
    EXPECT(memory[5 * PAGE] == 'b');
    EXPECT(get(clone, 5) == 'a');
    return wrong;
}

/* Shows one page at ever more places, each in tables of its own, until a fault can't be answered. */
int64_t mode_use_up_tables(int64_t argument)
{
    (void)argument;
    j6_handle_t area = area_with(1, 1, 0);
    for (uint64_t i = 1; i < PLACES; i++) {
        uint64_t address = i << 36;
        EXPECT(map(area, &address, j6_map_read) == j6_status_ok);
    }
    for (uint64_t i = 1; wrong == 0 && i < PLACES; i++) {
        (void)*(volatile char *)(i << 36);
    }
    return __LINE__;
}

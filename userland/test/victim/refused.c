/* SPDX-License-Identifier: MIT */
/*
 * Calls that are refused. At the limit of handles there can be no new one: what a call is told about
 * its arguments comes before that, and nothing is written.
 */
#include "userland/test/victim/victim.h"

static const uint64_t READ_WRITE = j6_map_read | j6_map_write;
static const uint64_t HANDLE = 0x1111111111111111;

/* Nothing is mapped there, before and after. */
static uint64_t place;

static bool is_free(j6_handle_t area)
{
    uint64_t address = place;
    j6_status_t status =
        j6_vma_map(area, j6_handle_self_process, &address, 0, 0, READ_WRITE | j6_map_exact);
    return status == j6_status_ok &&
           j6_vma_unmap(area, j6_handle_self_process, address, 0) == j6_status_ok;
}

/* Each call with a place for its handle that is good. */
static bool quota_writes_nothing(j6_handle_t area)
{
    j6_handle_t h = HANDLE;
    uint64_t address = place;
    return j6_vma_create(j6_page_size, 0, &h) == j6_err_quota &&
           j6_vma_create_map(j6_page_size, 0, READ_WRITE, &address, &h) == j6_err_quota &&
           j6_vma_clone(area, 0, j6_page_size, 0, &h) == j6_err_quota &&
           j6_handle_duplicate(area, 0, 0, &h) == j6_err_quota &&
           j6_process_create("x", 1, NULL, 0, &h) == j6_err_quota &&
           j6_thread_create(j6_handle_self_process, place, place, 0, 0, &h) == j6_err_quota &&
           h == HANDLE && address == place && is_free(area);
}

/* The same calls with places that can't be written: one is not there, one is read-only. */
static bool bad_address_comes_first(j6_handle_t area, void *bad)
{
    uint64_t address = place;
    j6_handle_t h = HANDLE;
    return j6_vma_create(j6_page_size, 0, bad) == j6_err_bad_address &&
           j6_vma_create_map(j6_page_size, 0, READ_WRITE, &address, bad) == j6_err_bad_address &&
           j6_vma_create_map(j6_page_size, 0, READ_WRITE, bad, &h) == j6_err_bad_address &&
           j6_vma_clone(area, 0, j6_page_size, 0, bad) == j6_err_bad_address &&
           j6_handle_duplicate(area, 0, 0, bad) == j6_err_bad_address &&
           j6_process_create("x", 1, NULL, 0, bad) == j6_err_bad_address &&
           j6_thread_create(j6_handle_self_process, place, place, 0, 0, bad) ==
               j6_err_bad_address &&
           h == HANDLE && address == place && is_free(area);
}

/* And what no pointer could make right. */
static bool wrong_arguments_come_before(j6_handle_t area, void *bad)
{
    return j6_vma_create(0, 0, bad) == j6_err_out_of_range &&
           j6_vma_create(j6_page_size, ~0ull, bad) == j6_err_invalid_arg &&
           j6_vma_clone(area, 0, 8 * j6_page_size, 0, bad) == j6_err_out_of_range &&
           j6_vma_clone(area, 1, j6_page_size, 0, bad) == j6_err_invalid_arg &&
           j6_vma_map(area, j6_handle_self_process, bad, 1, 0, 0) == j6_err_invalid_arg &&
           j6_vma_map(area, j6_handle_self_process, bad, 0, 8 * j6_page_size, 0) ==
               j6_err_out_of_range &&
           j6_thread_create(j6_handle_self_process, 0, place, 0, 0, bad) == j6_err_invalid_arg;
}

int64_t mode_refused(int64_t argument)
{
    (void)argument;
    j6_handle_t area;
    j6_handle_t copy;
    if (j6_vma_create_map(j6_page_size, 0, j6_map_read, &place, &area) != j6_status_ok) {
        return -1;
    }
    void *read_only = (void *)place;
    place = (place + (1ull << 40)) & ((1ull << 46) - 1); /* far from everything */
    while (j6_handle_duplicate(area, 0, 0, &copy) == j6_status_ok) {}
    void *const bad[] = {NULL, read_only, (void *)(place + (1ull << 20)),
                         (void *)0xffff800000000000};
    bool right = is_free(area) && quota_writes_nothing(area);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        right = right && bad_address_comes_first(area, bad[i]) &&
                wrong_arguments_come_before(area, bad[i]);
    }
    return right ? 0 : 1;
}

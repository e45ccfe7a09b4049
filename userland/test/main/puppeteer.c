/* SPDX-License-Identifier: MIT */
#include "userland/test/main/puppeteer.h"
#include "lib/format.h"
#include "lib/string.h"

void puppet_open(struct puppet *puppet, uint64_t threads, const struct j6_limits *limits)
{
    char argument[8];
    format(argument, sizeof(argument), "%llu", (unsigned long long)threads);
    puppet->area = area_new(1, 0);
    puppet->page = (struct puppet_page *)area_map(puppet->area, READ_WRITE);
    const char *const argv[] = {"victim", "puppet", argument, NULL};
    const struct j6_spawn_row row = {"shared", puppet->area,
                                     j6_right_vma_map | j6_right_vma_read | j6_right_vma_write};
    const struct j6_program program = {.elf = j6_find_module("victim"),
                                       .name = "puppet",
                                       .argv = argv,
                                       .rows = &row,
                                       .row_count = 1};
    expect_ok(j6_process_create("puppet", 6, limits, 0, &puppet->process));
    if (expect_ok(j6_start_program(puppet->process, &program))) {
        threads_block(puppet->process, threads, j6_wait_futex);
    } else {
        j6_process_kill(puppet->process, -1);
    }
}

void puppet_close(struct puppet *puppet)
{
    process_drop(puppet->process);
    area_unmap(puppet->area, puppet->page);
    expect_ok(j6_handle_close(puppet->area));
}

j6_handle_t puppet_give(const struct puppet *puppet, j6_handle_t handle, uint64_t rights)
{
    j6_handle_t given = j6_handle_none;
    expect_ok(j6_process_give_handle(puppet->process, handle, rights, &given));
    return given;
}

j6_handle_t puppet_give_all(const struct puppet *puppet, j6_handle_t handle)
{
    return puppet_give(puppet, handle, j6_handle_rights(handle));
}

void *puppet_map(const struct puppet *puppet, j6_handle_t area, uint64_t first, uint64_t count,
                 uint64_t flags)
{
    uint64_t address = 0;
    expect_ok(j6_vma_map(area, puppet->process, &address, first * PAGE, count * PAGE, flags));
    return (void *)address;
}

struct puppet_slot *puppet_slot(const struct puppet *puppet, uint64_t thread, uint64_t action,
                                j6_handle_t handle)
{
    struct puppet_slot *slot = &puppet->page->slot[thread];
    slot->action = action;
    slot->handle = handle;
    slot->call = (struct j6_call){0};
    slot->message = (struct j6_message){0};
    slot->deadline = j6_deadline_never;
    slot->status = j6_err_unexpected;
    return slot;
}

void puppet_begin(struct puppet_slot *slot)
{
    static const struct j6_message nothing;
    bool has_message = memcmp(&slot->message, &nothing, sizeof(nothing)) != 0;
    slot->call.message = has_message ? &slot->message : NULL;
    __atomic_add_fetch(&slot->asked, 1, __ATOMIC_RELEASE);
    expect_ok(j6_futex_wake(&slot->asked, 1));
}

bool puppet_is_done(const struct puppet_slot *slot)
{
    return __atomic_load_n(&slot->done, __ATOMIC_ACQUIRE) == slot->asked;
}

j6_status_t puppet_end(struct puppet_slot *slot)
{
    j6_time_t patience = now() + PATIENCE;
    while (!puppet_is_done(slot) && now() < patience) {
        j6_futex_wait(&slot->done, slot->asked - 1, patience);
    }
    return expect(puppet_is_done(slot)) ? slot->status : j6_err_unexpected;
}

j6_status_t puppet_do(struct puppet_slot *slot)
{
    puppet_begin(slot);
    return puppet_end(slot);
}

/* SPDX-License-Identifier: MIT */
/* Helpers of the tests; each reports what goes wrong in it as a failed expectation. */
#include "userland/test/main/util.h"
#include "lib/string.h"

j6_handle_t system_handle(void)
{
    return j6_find("system");
}

struct j6_objects_info objects_live(void)
{
    j6_thread_trim(); /* what libj6 keeps for the next threads is no leak */
    struct j6_objects_info info = {0};
    uint64_t len = sizeof(info);
    expect_ok(j6_system_info(system_handle(), j6_topic_objects, 0, &info, &len));
    return info;
}

uint64_t frames_free(void)
{
    j6_thread_trim();
    struct j6_frames_info info = {0};
    uint64_t len = sizeof(info);
    expect_ok(j6_system_info(system_handle(), j6_topic_frames, 0, &info, &len));
    return info.free;
}

/* More is as good: kernel objects that were spread over many slabs may fill fewer now. */
bool frames_settle(uint64_t wanted)
{
    j6_time_t give_up = now() + PATIENCE;
    while (frames_free() < wanted && now() < give_up) {
        sleep_for(1);
    }
    return frames_free() >= wanted || expect_equal(wanted, frames_free());
}

uint64_t frames_at_rest(void)
{
    enum { REST = 20 }; /* ms */
    uint64_t found = frames_free();
    for (int i = 0; i < REST; i++) {
        sleep_for(1);
        uint64_t next = frames_free();
        i = next == found ? i : 0;
        found = next;
    }
    return found;
}

j6_time_t now(void)
{
    j6_time_t time = 0;
    expect_ok(j6_clock(&time));
    return time;
}

void sleep_for(uint64_t milliseconds)
{
    expect_ok(j6_thread_sleep(now() + milliseconds * 1000000));
}

void leave_time(void)
{
    sleep_for(3);
}

bool boot_number(const char *name, uint64_t *out_number)
{
    size_t len = strlen(name);
    for (const char *at = j6_boot_info()->command_line; at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, name, len) == 0) {
            *out_number = 0;
            for (at += len; *at >= '0' && *at <= '9'; at++) {
                *out_number = 10 * *out_number + (uint64_t)(*at - '0');
            }
            return true;
        }
    }
    return false;
}

uint64_t race_rounds(uint64_t usual)
{
    uint64_t factor = 1;
    boot_number("races=", &factor);
    return factor * usual;
}

j6_handle_t narrowed(j6_handle_t handle, uint64_t rights)
{
    j6_handle_t copy = j6_handle_none;
    expect_ok(j6_handle_duplicate(handle, rights, 0, &copy));
    return copy;
}

j6_handle_t without(j6_handle_t handle, uint64_t rights)
{
    return narrowed(handle, j6_handle_rights(handle) & ~rights);
}

j6_handle_t event_new(void)
{
    j6_handle_t event = j6_handle_none;
    expect_ok(j6_event_create(0, &event));
    return event;
}

uint64_t signals_of(j6_handle_t object)
{
    uint64_t signals = 0;
    j6_object_wait(object, 0, &signals, j6_deadline_poll);
    return signals;
}

j6_handle_t area_new(uint64_t pages, uint64_t flags)
{
    j6_handle_t area = j6_handle_none;
    expect_ok(j6_vma_create(pages * PAGE, flags, &area));
    return area;
}

char *area_map(j6_handle_t area, uint64_t flags)
{
    uint64_t address = 0;
    expect_ok(j6_vma_map(area, j6_handle_self_process, &address, 0, 0, flags));
    return (char *)address;
}

void area_unmap(j6_handle_t area, const void *address)
{
    expect_ok(j6_vma_unmap(area, j6_handle_self_process, (uint64_t)address, 0));
}

/* What the kernel and the loader place lies in one window of 1 GiB, in one of the two halves. */
uint64_t far_place(void)
{
    struct j6_layout_info layout = {0};
    uint64_t len = sizeof(layout);
    expect_ok(j6_object_info(j6_handle_self_process, j6_topic_layout, &layout, &len));
    return layout.window < 1ull << 46 ? 0x600000000000 : 0x100000000000;
}

bool can_read(const void *address)
{
    j6_handle_t area = area_new(1, 0);
    uint64_t len = 1;
    j6_status_t status = j6_vma_write(area, 0, address, &len);
    j6_handle_close(area);
    return status == j6_status_ok;
}

bool can_write(void *address)
{
    return j6_random(address, 1) == j6_status_ok;
}

j6_handle_t process_new(void)
{
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_process_create("new", 3, NULL, 0, &process));
    return process;
}

j6_handle_t process_ended(void)
{
    j6_handle_t process = process_new();
    expect_ok(j6_process_kill(process, 0));
    expect_ok(j6_object_wait(process, j6_signal_closed, NULL, j6_deadline_never));
    return process;
}

j6_handle_t victim_start(const char *mode, const char *argument, const struct j6_spawn_row *rows,
                         size_t count)
{
    const char *const argv[] = {"victim", mode, argument, NULL};
    const char *const envp[] = {"PLACE=victim", NULL};
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_spawn(j6_find_module("victim"), "victim", argv, envp, rows, count, &process));
    return process;
}

j6_handle_t victim_start_sharing(const char *mode, const char *argument, j6_handle_t area)
{
    const struct j6_spawn_row row = {"shared", area,
                                     j6_right_vma_map | j6_right_vma_read | j6_right_vma_write};
    return victim_start(mode, argument, &row, 1);
}

void victim_start_in(j6_handle_t process, const char *mode, const char *argument)
{
    const char *const argv[] = {"victim", mode, argument, NULL};
    const struct j6_program program = {
        .elf = j6_find_module("victim"), .name = "victim", .argv = argv};
    if (!expect_ok(j6_start_program(process, &program))) {
        j6_process_kill(process, -1);
    }
}

struct j6_end_info process_finish(j6_handle_t process)
{
    struct j6_end_info end = {0};
    expect_ok(j6_wait_end(process, &end));
    expect_ok(j6_handle_close(process));
    return end;
}

int64_t victim_run(const char *mode, const char *argument)
{
    struct j6_end_info end = process_finish(victim_start(mode, argument, NULL, 0));
    expect_equal(j6_reason_exited, end.reason);
    return end.code;
}

bool test_has_frames(uint64_t count)
{
    bool enough = frames_free() > count;
    if (!enough) {
        test_skip("not enough memory");
    }
    return enough;
}

/* SPDX-License-Identifier: MIT */
/*
 * Other ends than the verdict, each in a boot of its own: a word on the kernel's command line says
 * which.
 */
#include "userland/test/main/ending.h"
#include "userland/test/main/memory.h"
#include <j6/ports.h>

static const struct {
    const char *word;
    uint64_t action;
} powers[] = {
    {"end=off", j6_power_off},
    {"end=reset", j6_power_reset},
    {"end=halt", j6_power_halt},
};

enum { COM1 = 0x3f8, COM1_PORTS = 8, COM1_DATA = 0, COM1_STATUS = 5, STATUS_EMPTY = 0x20 };

/* From the grant on the line is ours alone: the log's entries don't come there. */
static void take_com1(void)
{
    j6_system_grant_ports(system_handle(), j6_handle_self_process, COM1, COM1_PORTS);
    j6_printf("end: the kernel has COM1");
    for (const char *at = "end: a process has COM1\n"; *at != 0; at++) {
        while (!(j6_port_read8(COM1 + COM1_STATUS) & STATUS_EMPTY)) {}
        j6_port_write8(COM1 + COM1_DATA, (uint8_t)*at);
    }
}

bool ending_take(int *out_code)
{
    if (j6_boot_word("com1")) {
        take_com1();
    }
    for (size_t i = 0; i < sizeof(powers) / sizeof(powers[0]); i++) {
        if (j6_boot_word(powers[i].word)) {
            *out_code = (int)j6_system_power(system_handle(), powers[i].action, 0);
            return true;
        }
    }
    if (j6_boot_word("end=fault")) {
        j6_thread_control(j6_handle_self_thread, j6_control_name, "culprit", 7);
        __builtin_trap();
    }
    *out_code = 5;
    return j6_boot_word("end=exit");
}

/* Pages that areas share, copies of some of them, and mappings that allow different things. */
static void leave_clones(j6_handle_t process)
{
    j6_handle_t area = area_new(100, j6_vma_flag_resizable);
    char *memory = area_map(area, READ_WRITE);
    mark(memory, 100, 1);
    j6_handle_t clone = area_clone(area, 3, 80, 0);
    j6_handle_t second = area_clone(clone, 7, 70, 0);
    char *copy = area_map(clone, READ_WRITE);
    mark(copy, 20, 2);
    mark(memory + 50 * PAGE, 30, 3);
    test_expect(is_marked(area_map(second, j6_map_read), 13, 2), "a clone's clone", TEST_HERE);
    protect(area, memory + 8 * PAGE, 4, j6_map_read);
    protect(clone, copy + 30 * PAGE, 10, 0);
    process_put(process, view_map_in(process, far_place(), clone, 10, 20, READ_WRITE), 'x');
}

void ending_leave_memory(void)
{
    victim_start("sleep", "1000000", NULL, 0);
    leave_clones(process_new());
    j6_handle_t large = area_new(600, j6_vma_flag_large);
    char *memory = area_map(large, READ_WRITE);
    mark(memory, 600, 4);
    protect(large, memory + 3 * PAGE, 1, j6_map_read);
}

/* SPDX-License-Identifier: MIT */
/* Calls on the machine as a whole. */
#include "arch/arch.h"
#include "kernel/base/alloc_site.h"
#include "kernel/base/console.h"
#include "kernel/base/random.h"
#include "kernel/device_area.h"
#include "kernel/ports.h"
#include "kernel/power.h"
#include "kernel/syscall/sys.h"
#include "lib/string.h"
#include "mm/kalloc.h"

enum { RANDOM_MAX = 256 };

j6_status_t sys_noop(struct thread *caller)
{
    (void)caller;
    return j6_status_ok;
}

j6_status_t sys_clock(struct thread *caller, struct user_ptr ns)
{
    (void)caller;
    j6_time_t now = clock_now();
    return user_copy_out(ns, &now, sizeof(now));
}

j6_status_t sys_system_power(struct thread *caller, struct system *system, uint64_t action,
                             int64_t code)
{
    (void)caller;
    j6_status_t status = system_check(system, j6_range_power, 0, 1);
    if (status == j6_status_ok) {
        power_request(action, code);
    }
    return status;
}

/* A console in the memory is the process's from now on. */
j6_status_t sys_system_map_phys(struct thread *caller, struct system *system, struct user_ptr vma,
                                uint64_t phys, uint64_t size, uint64_t flags)
{
    struct device_request request = {.phys = phys, .size = size, .flags = flags};
    struct vm_area *area;
    j6_status_t status = device_request_check(system, &request);
    if (status == j6_status_ok) {
        status = user_probe_out(vma, sizeof(j6_handle_t));
    }
    if (status == j6_status_ok) {
        status = device_area_create(system, caller->process->account, &request, &area);
    }
    if (status != j6_status_ok) {
        return status;
    }
    status =
        sys_handle_out(&caller->process->handles, &area->object, device_area_rights(&request), vma);
    kobject_put(&area->object);
    if (status == j6_status_ok && !(flags & j6_vma_flag_dma)) {
        console_release_phys(phys, size);
    }
    return status;
}

/* A console behind one of the ports is the process's from now on. */
j6_status_t sys_system_grant_ports(struct thread *caller, struct system *system,
                                   struct process *process, uint64_t first, uint64_t count)
{
    (void)caller;
    if (count == 0) {
        return j6_err_invalid_arg;
    }
    j6_status_t status = system_check(system, j6_range_port, first, count);
    if (status == j6_status_ok) {
        status = ports_grant(system, process, (uint32_t)first, (uint32_t)count);
    }
    if (status == j6_status_ok) {
        console_release_ports((uint32_t)first, (uint32_t)count);
    }
    return status;
}

/* Copies the ranges in first: a caller who changes them meanwhile changes nothing. */
j6_status_t sys_system_restrict(struct thread *caller, struct system *system,
                                struct user_ptr ranges, uint64_t n, struct user_ptr handle)
{
    if (n == 0 || n > j6_ranges_max) {
        return j6_err_invalid_arg;
    }
    struct j6_range *copy = kalloc(n * sizeof(*copy));
    if (copy == NULL) {
        return j6_err_no_memory;
    }
    struct system *restricted;
    j6_status_t status = user_copy_in(copy, ranges, n * sizeof(*copy));
    if (status == j6_status_ok) {
        status = user_probe_out(handle, sizeof(j6_handle_t));
    }
    if (status == j6_status_ok) {
        status = system_restrict(system, caller->process->account, copy, n, &restricted);
    }
    kfree(copy);
    if (status == j6_status_ok) {
        status = sys_new_handle_out(caller, &restricted->object, handle);
        kobject_put(&restricted->object);
    }
    return status;
}

/* So that no time of day overflows, not even as a signed number. */
#define BOOT_TIME_MAX ((uint64_t)INT64_MAX)

j6_status_t sys_system_set_clock(struct thread *caller, struct system *system, j6_time_t boot_time)
{
    (void)caller;
    j6_status_t status = system_check(system, j6_range_clock, 0, 1);
    if (status == j6_status_ok && boot_time > BOOT_TIME_MAX) {
        status = j6_err_invalid_arg;
    }
    if (status == j6_status_ok) {
        clock_set_boot_time(boot_time);
    }
    return status;
}

j6_status_t sys_random(struct thread *caller, struct user_ptr buf, uint64_t len)
{
    (void)caller;
    if (len > RANDOM_MAX) {
        return j6_err_out_of_range;
    }
    uint8_t bytes[RANDOM_MAX];
    random_bytes(bytes, len);
    j6_status_t status = user_copy_out(buf, bytes, len);
    memory_wipe(bytes, sizeof(bytes));
    return status;
}

/* Set last: what tells of the last ones may have to allocate. */
j6_status_t sys_system_fail_nth(struct thread *caller, struct system *system, uint64_t n,
                                uint64_t then, struct user_ptr failed)
{
    if (!KERNEL_DEBUG) {
        return j6_err_nyi;
    }
    j6_status_t status = system_check(system, j6_range_info, 0, 1);
    if (status != j6_status_ok) {
        return status;
    }
    uint64_t count = alloc_failures_set(&caller->alloc_failures, 0, 0);
    status = user_copy_out(failed, &count, sizeof(count));
    if (status == j6_status_ok) {
        alloc_failures_set(&caller->alloc_failures, n, then);
    }
    return status;
}

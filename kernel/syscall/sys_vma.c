/* SPDX-License-Identifier: MIT */
/* Calls on areas of memory. */
#include "kernel/syscall/sys.h"
#include "arch/layout.h"
#include "lib/bits.h"
#include "mm/vm_copy.h"

static const uint64_t area_flags =
    j6_vma_flag_resizable | j6_vma_flag_revocable | j6_vma_flag_large;

/* The rights that mapping with these flags asks of the area's handle. */
static uint64_t rights_for(uint64_t map_flags)
{
    return (map_flags & j6_map_read ? j6_right_vma_read : 0) |
           (map_flags & j6_map_write ? j6_right_vma_write : 0) |
           (map_flags & j6_map_exec ? j6_right_vma_exec : 0);
}

/* Can an area be made with this size? */
static bool size_ok(uint64_t size)
{
    return size != 0 && size <= VM_AREA_MAX_SIZE;
}

j6_status_t sys_vma_create(struct thread *caller, uint64_t size, uint64_t flags, struct user_ptr h)
{
    if (flags & ~area_flags) {
        return j6_err_invalid_arg;
    }
    if (!size_ok(size)) {
        return j6_err_out_of_range;
    }
    j6_status_t status = user_probe_out(h, sizeof(j6_handle_t));
    struct vm_area *area;
    if (status == j6_status_ok) {
        status = vm_area_create_open(caller->process->account, size, (uint32_t)flags, &area);
    }
    if (status != j6_status_ok) {
        return status;
    }
    status = sys_new_handle_out(caller, &area->object, h);
    kobject_put(&area->object);
    return status;
}

/*
 * Work that goes in steps may be left by a switch to other threads: until it has come to its end, it
 * keeps the area and the space of the process. False: one of them has ended.
 */
static bool work_begin(struct vm_area *area, struct process *process)
{
    if (!kobject_try_get(&area->object)) {
        return false;
    }
    if (!process_space_get(process)) {
        kobject_put(&area->object);
        return false;
    }
    return true;
}

static void work_end(struct vm_area *area, struct process *process)
{
    kobject_put(&area->object);
    process_space_put(process);
}

/* Maps, and tells where; unmaps again if that can't be told. */
static j6_status_t map_and_tell(struct process *process, struct vm_area *area,
                                struct user_ptr address_out, vaddr_t *address, uint64_t offset,
                                uint64_t len, uint64_t flags)
{
    if (!work_begin(area, process)) {
        return j6_err_bad_state;
    }
    j6_status_t status = vm_space_map(process->space, area, address, offset, len, flags);
    if (status == j6_status_ok) {
        status = user_store(address_out, *address);
        if (status != j6_status_ok) {
            vm_space_unmap(process->space, area, *address, 0); /* or another thread did */
        }
    }
    work_end(area, process);
    return status;
}

/* Opens a handle, then tells it and the address: nothing is written if there can be no handle. */
static j6_status_t handle_and_tell(struct handle_table *table, struct vm_area *area,
                                   vaddr_t address, struct user_ptr address_out, struct user_ptr h)
{
    j6_handle_t handle;
    j6_status_t status =
        handle_insert(table, &area->object, handle_all_rights(j6_type_vma), &handle);
    if (status != j6_status_ok) {
        return status;
    }
    status = user_copy_out(address_out, &address, sizeof(address));
    if (status == j6_status_ok) {
        status = user_copy_out(h, &handle, sizeof(handle));
    }
    if (status != j6_status_ok) {
        handle_remove(table, handle); /* or another thread guessed and closed it */
    }
    return status;
}

j6_status_t sys_vma_create_map(struct thread *caller, uint64_t size, uint64_t flags,
                               uint64_t map_flags, struct user_ptr address_inout, struct user_ptr h)
{
    if ((flags & ~area_flags) || !vm_map_flags_ok(map_flags)) {
        return j6_err_invalid_arg;
    }
    if (!size_ok(size)) {
        return j6_err_out_of_range;
    }
    vaddr_t address;
    j6_status_t status = user_load_inout(address_inout, &address);
    if (status == j6_status_ok) {
        status = user_probe_out(h, sizeof(j6_handle_t));
    }
    struct vm_area *area;
    if (status == j6_status_ok) {
        status = vm_area_create_open(caller->process->account, size, (uint32_t)flags, &area);
    }
    if (status != j6_status_ok) {
        return status;
    }
    struct vm_space *space = caller->process->space;
    status = vm_space_map(space, area, &address, 0, 0, map_flags);
    if (status == j6_status_ok) {
        status = handle_and_tell(&caller->process->handles, area, address, address_inout, h);
        if (status != j6_status_ok) {
            vm_space_unmap(space, area, address, 0);
        }
    }
    kobject_put(&area->object);
    return status;
}

j6_status_t sys_vma_map(struct thread *caller, struct vm_area *area, j6_handle_t handle,
                        struct process *process, struct user_ptr address_inout, uint64_t offset,
                        uint64_t len, uint64_t flags)
{
    (void)caller;
    if (rights_for(flags) & ~handle) {
        return j6_err_denied;
    }
    if (!vm_map_flags_ok(flags) || !is_aligned(offset | len, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    if (len == 0 ? offset != 0 : !vm_area_holds(area, offset, len)) {
        return j6_err_out_of_range;
    }
    vaddr_t address;
    j6_status_t status = user_load_inout(address_inout, &address);
    if (status != j6_status_ok) {
        return status;
    }
    return map_and_tell(process, area, address_inout, &address, offset, len, flags);
}

j6_status_t sys_vma_unmap(struct thread *caller, struct vm_area *area, struct process *process,
                          uint64_t address, uint64_t len)
{
    (void)caller;
    if (!is_aligned(address | len, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    if (!work_begin(area, process)) {
        return j6_err_not_found;
    }
    j6_status_t status = vm_space_unmap(process->space, area, address, len);
    work_end(area, process);
    return status;
}

j6_status_t sys_vma_protect(struct thread *caller, struct vm_area *area, j6_handle_t handle,
                            struct process *process, uint64_t address, uint64_t len, uint64_t flags)
{
    (void)caller;
    if (rights_for(flags) & ~handle) {
        return j6_err_denied;
    }
    if (!vm_protect_flags_ok(flags) || !is_aligned(address | len, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    if (!work_begin(area, process)) {
        return j6_err_not_found;
    }
    j6_status_t status = vm_space_protect(process->space, area, address, len, flags);
    work_end(area, process);
    return status;
}

j6_status_t sys_vma_resize(struct thread *caller, struct vm_area *area, struct user_ptr size_inout)
{
    (void)caller;
    uint64_t size;
    j6_status_t status = user_load_inout(size_inout, &size);
    if (status != j6_status_ok) {
        return status;
    }
    if (!kobject_try_get(&area->object)) {
        return j6_err_bad_handle;
    }
    status = vm_area_resize(area, size);
    kobject_put(&area->object);
    if (status != j6_status_ok) {
        return status;
    }
    size = page_up(size);
    return user_store(size_inout, size);
}

static j6_status_t op_run(struct vm_area *area, uint64_t op, uint64_t offset, uint64_t len,
                          uint64_t *done)
{
    switch (op) {
    case j6_op_commit: return vm_area_commit(area, offset, len, false, done);
    case j6_op_decommit: return vm_area_decommit(area, offset, len, done);
    default: return vm_area_zero(area, offset, len, done);
    }
}

j6_status_t sys_vma_op_range(struct thread *caller, struct vm_area *area, uint64_t op,
                             uint64_t offset, struct user_ptr len_inout)
{
    (void)caller;
    uint64_t len;
    if (!is_aligned(offset, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    j6_status_t status = user_load_inout(len_inout, &len);
    if (status != j6_status_ok) {
        return status;
    }
    if (!is_aligned(len, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    uint64_t done = 0;
    if (!kobject_try_get(&area->object)) { /* the handle may be closed between two steps */
        return j6_err_bad_handle;
    }
    status = op_run(area, op, offset, len, &done);
    kobject_put(&area->object);
    return sys_done_out(status, done, len_inout);
}

j6_status_t sys_vma_clone(struct thread *caller, struct vm_area *area, uint64_t offset,
                          uint64_t len, uint64_t flags, struct user_ptr out)
{
    if ((flags & ~area_flags) || !is_aligned(offset | len, PAGE_SIZE)) {
        return j6_err_invalid_arg;
    }
    if (len == 0 || !vm_area_holds(area, offset, len)) {
        return j6_err_out_of_range;
    }
    j6_status_t status = user_probe_out(out, sizeof(j6_handle_t));
    struct vm_area *clone;
    if (status != j6_status_ok) {
        return status;
    }
    if (!kobject_try_get(&area->object)) { /* the handle may be closed meanwhile */
        return j6_err_bad_handle;
    }
    status = vm_area_clone(area, caller->process->account, offset, len, (uint32_t)flags, &clone);
    kobject_put(&area->object);
    if (status != j6_status_ok) {
        return status;
    }
    status = sys_new_handle_out(caller, &clone->object, out);
    kobject_put(&clone->object);
    return status;
}

/* Copies between the caller's buf and the area, whichever way; tells how far it came. */
static j6_status_t copy_and_tell(struct vm_copy *copy, struct user_ptr len_inout)
{
    struct vm_area *area = copy->area;
    j6_status_t status = user_load_inout(len_inout, &copy->len);
    if (status != j6_status_ok) {
        return status;
    }
    if (!kobject_try_get(&area->object)) { /* the handle may be closed between two steps */
        return j6_err_bad_handle;
    }
    status = vm_area_holds(area, copy->start, copy->len) ? vm_copy(copy) : j6_err_out_of_range;
    kobject_put(&area->object);
    return sys_done_out(status, copy->done, len_inout);
}

j6_status_t sys_vma_read(struct thread *caller, struct vm_area *area, uint64_t offset,
                         struct user_ptr buf, struct user_ptr len_inout)
{
    (void)caller;
    struct vm_copy copy = {.user = buf, .area = area, .start = offset};
    return copy_and_tell(&copy, len_inout);
}

j6_status_t sys_vma_write(struct thread *caller, struct vm_area *area, uint64_t offset,
                          struct user_ptr buf, struct user_ptr len_inout)
{
    (void)caller;
    struct vm_copy copy = {.user = buf, .write = true, .area = area, .start = offset};
    return copy_and_tell(&copy, len_inout);
}

/* SPDX-License-Identifier: MIT */
/* Calls on areas of memory. */
#include "kernel/syscall/sys.h"
#include "arch/layout.h"
#include "arch/upcall.h"
#include "mm/frame.h"

enum { STEP_PAGES = 64 }; /* written between two step points */

static const uint64_t area_flags = j6_vma_flag_resizable | j6_vma_flag_revocable;

/* The rights that mapping with these flags asks of the area's handle. */
static uint64_t rights_for(uint64_t map_flags)
{
    return (map_flags & j6_map_read ? j6_right_vma_read : 0) |
           (map_flags & j6_map_write ? j6_right_vma_write : 0) |
           (map_flags & j6_map_exec ? j6_right_vma_exec : 0);
}

j6_status_t sys_vma_create(struct thread *caller, uint64_t size, uint64_t flags, struct user_ptr h)
{
    if (flags & ~area_flags) {
        return j6_err_invalid_arg;
    }
    struct vm_area *area;
    j6_status_t status =
        vm_area_create_open(caller->process->account, size, (uint32_t)flags, &area);
    if (status != j6_status_ok) {
        return status;
    }
    status = sys_new_handle_out(caller, &area->object, h);
    kobject_put(&area->object);
    return status;
}

/* Unmaps, in steps: the process may end meanwhile. */
static j6_status_t unmap(struct process *process, struct vm_area *area, vaddr_t address,
                         uint64_t len)
{
    if (!process_space_get(process)) {
        return j6_err_not_found;
    }
    j6_status_t status = vm_space_unmap(&process->space, area, address, len);
    process_space_put(process);
    return status;
}

/* Maps, and tells where; unmaps again if that can't be told. */
static j6_status_t map_and_tell(struct process *process, struct vm_area *area,
                                struct user_ptr address_out, vaddr_t *address, uint64_t offset,
                                uint64_t len, uint64_t flags)
{
    j6_status_t status = vm_space_map(&process->space, area, address, offset, len, flags);
    if (status != j6_status_ok) {
        return status;
    }
    status = user_copy_out(address_out, address, sizeof(*address));
    if (status != j6_status_ok) {
        unmap(process, area, *address, 0); /* or another thread did */
    }
    return status;
}

j6_status_t sys_vma_create_map(struct thread *caller, uint64_t size, uint64_t flags,
                               uint64_t map_flags, struct user_ptr address_inout, struct user_ptr h)
{
    if ((flags & ~area_flags) || !vm_map_flags_ok(map_flags)) {
        return j6_err_invalid_arg;
    }
    if (size == 0 || size > VM_AREA_MAX_SIZE) {
        return j6_err_out_of_range;
    }
    vaddr_t address;
    j6_status_t status = user_copy_in(&address, address_inout, sizeof(address));
    if (status != j6_status_ok) {
        return status;
    }
    struct vm_area *area;
    status = vm_area_create_open(caller->process->account, size, (uint32_t)flags, &area);
    if (status != j6_status_ok) {
        return status;
    }
    struct process *process = caller->process;
    status = map_and_tell(process, area, address_inout, &address, 0, 0, map_flags);
    if (status == j6_status_ok) {
        status = sys_new_handle_out(caller, &area->object, h);
        if (status != j6_status_ok) {
            unmap(process, area, address, 0);
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
    if (!vm_map_flags_ok(flags)) {
        return j6_err_invalid_arg;
    }
    vaddr_t address;
    j6_status_t status = user_copy_in(&address, address_inout, sizeof(address));
    if (status != j6_status_ok) {
        return status;
    }
    return map_and_tell(process, area, address_inout, &address, offset, len, flags);
}

j6_status_t sys_vma_unmap(struct thread *caller, struct vm_area *area, struct process *process,
                          uint64_t address, uint64_t len)
{
    (void)caller;
    return unmap(process, area, address, len);
}

j6_status_t sys_vma_resize(struct thread *caller, struct vm_area *area, struct user_ptr size_inout)
{
    (void)caller;
    uint64_t size;
    j6_status_t status = user_copy_in(&size, size_inout, sizeof(size));
    if (status != j6_status_ok) {
        return status;
    }
    /* As it was: a place that can't be written must not cost the old size. */
    status = user_copy_out(size_inout, &size, sizeof(size));
    if (status != j6_status_ok) {
        return status;
    }
    status = vm_area_resize(area, size);
    if (status != j6_status_ok) {
        return status;
    }
    size = page_up(size);
    return user_copy_out(size_inout, &size, sizeof(size));
}

/*
 * Copies user bytes into the pages of an area, each held while no lock is. cancelled if the thread is
 * killed meanwhile: nobody will see that.
 */
static j6_status_t write_in(struct vm_area *area, uint64_t offset, struct user_ptr buf,
                            uint64_t len, uint64_t *done)
{
    for (uint64_t pages = 1; *done < len; pages++) {
        uint64_t at = offset + *done;
        paddr_t page;
        j6_status_t status = vm_area_page_get(area, at, &page);
        if (status != j6_status_ok) {
            return status;
        }
        uint64_t piece = PAGE_SIZE - at % PAGE_SIZE;
        piece = len - *done < piece ? len - *done : piece;
        uint64_t copied;
        status = user_copy_in_part((char *)phys_to_virt(page) + at % PAGE_SIZE,
                                   user_ptr_add(buf, *done), piece, &copied);
        frame_put(page);
        *done += copied;
        if (status != j6_status_ok) {
            return status;
        }
        if (pages % STEP_PAGES == 0 && !kernel_step_point()) {
            return j6_status_cancelled;
        }
    }
    return j6_status_ok;
}

j6_status_t sys_vma_write(struct thread *caller, struct vm_area *area, uint64_t offset,
                          struct user_ptr buf, struct user_ptr len_inout)
{
    (void)caller;
    uint64_t len;
    j6_status_t status = user_copy_in(&len, len_inout, sizeof(len));
    if (status != j6_status_ok) {
        return status;
    }
    if (!vm_area_holds(area, offset, len)) {
        return j6_err_out_of_range;
    }
    if (!user_range_ok(buf, len)) {
        return j6_err_bad_address;
    }
    uint64_t done = 0;
    kobject_get(&area->object); /* the handle may be closed between two steps */
    status = write_in(area, offset, buf, len, &done);
    kobject_put(&area->object);
    j6_status_t told = user_copy_out(len_inout, &done, sizeof(done));
    return status != j6_status_ok ? status : told;
}

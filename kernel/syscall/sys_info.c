/* SPDX-License-Identifier: MIT */
/*
 * system_info. Lists are copied out row by row, with nothing held in between and step points on the
 * way, so it doesn't matter to others how long one is.
 */
#include "arch/cpu.h"
#include "arch/upcall.h"
#include "kernel/base/alloc_site.h"
#include "kernel/info.h"
#include "kernel/memory_count.h"
#include "kernel/syscall/sys.h"
#include "mm/frame.h"
#include "mm/kalloc.h"
#include "mm/slab.h"
#include "mm/vm_info.h"
#include <j6/info.h>

enum { STEP_ROWS = 16, STEP_SLOTS = 256 }; /* between two step points */

static j6_status_t info_objects(struct user_ptr buf, struct user_ptr len)
{
    struct j6_objects_info info = {{0}};
    for (unsigned type = 0; type < j6_type_count; type++) {
        info.live[type] = kobject_live(type);
    }
    return sys_info_out(&info, sizeof(info), buf, len);
}

static j6_status_t info_frames(struct user_ptr buf, struct user_ptr len)
{
    struct j6_frames_info info = {.total = frames_total(), .free = memory_free_frames()};
    return sys_info_out(&info, sizeof(info), buf, len);
}

static j6_status_t info_slabs(struct user_ptr buf, struct user_ptr len)
{
    size_t count = slab_info(NULL, 0);
    struct j6_slab_info *rows = kalloc(count * sizeof(*rows));
    if (rows == NULL) {
        return j6_err_no_memory;
    }
    slab_info(rows, count);
    j6_status_t status = sys_info_out(rows, count * sizeof(*rows), buf, len);
    kfree(rows);
    return status;
}

static j6_status_t info_allocations(struct user_ptr buf, struct user_ptr len)
{
    if (!KERNEL_DEBUG) {
        return j6_err_nyi;
    }
    size_t count = alloc_sites_info(NULL, 0);
    struct j6_allocation_info *rows = kalloc(count * sizeof(*rows));
    if (rows == NULL) {
        return j6_err_no_memory;
    }
    alloc_sites_info(rows, count);
    j6_status_t status = sys_info_out(rows, count * sizeof(*rows), buf, len);
    kfree(rows);
    return status;
}

/* Rows on their way to a user's buffer; without room they are only counted. */
struct rows {
    struct user_ptr buf;
    uint64_t room;
    uint64_t size; /* of all rows, those too that found no room */
    uint32_t since_step;
    j6_status_t status;
};

/* Is there room for another row? If not, its members needn't be looked up. */
static bool rows_have_room(const struct rows *rows, uint64_t size)
{
    return rows->size + size <= rows->room;
}

/* False: there is no use in going on. */
static bool rows_add(struct rows *rows, const void *row, uint64_t size)
{
    if (rows_have_room(rows, size)) {
        rows->status = user_copy_out(user_ptr_add(rows->buf, rows->size), row, size);
    }
    rows->size += size;
    if (++rows->since_step == STEP_ROWS) {
        rows->since_step = 0;
        return kernel_step_point() && rows->status == j6_status_ok;
    }
    return rows->status == j6_status_ok;
}

static void list_cpus(struct rows *rows)
{
    struct j6_cpu_info row;
    uint64_t cpus = cpus_online();
    while (cpus != 0) {
        cpu_info(cpu_mask_pop(&cpus), &row);
        if (!rows_add(rows, &row, sizeof(row))) {
            return;
        }
    }
}

static void list_processes(struct rows *rows)
{
    struct j6_process_info row = {.koid = 0};
    struct process *process;
    bool more = true;
    while (more && (process = process_from(row.koid + 1)) != NULL) {
        row.koid = process->object.koid;
        if (rows_have_room(rows, sizeof(row))) {
            process_info(process, &row);
        }
        kobject_put(&process->object);
        more = rows_add(rows, &row, sizeof(row));
    }
}

static void list_threads(struct rows *rows, struct process *process)
{
    struct j6_thread_info row = {.koid = 0};
    struct thread *thread;
    bool more = true;
    while (more && (thread = process_thread_from(process, row.koid + 1)) != NULL) {
        thread_info(thread, &row);
        kobject_put(&thread->object);
        more = rows_add(rows, &row, sizeof(row));
    }
}

static void list_handles(struct rows *rows, struct process *process)
{
    const struct handle_table *table = &process->handles;
    struct j6_handle_info row;
    bool more = true;
    for (uint32_t slot = 0; more && slot < handle_slots(table); slot++) {
        if (handle_info(table, handle_in_slot(table, slot), &row)) {
            more = rows_add(rows, &row, sizeof(row));
        }
        if (slot % STEP_SLOTS == STEP_SLOTS - 1) {
            more = kernel_step_point() && more;
        }
    }
}

static void list_mappings(struct rows *rows, struct process *process)
{
    struct j6_mapping_info row;
    vaddr_t from = 0;
    while (vm_space_info(process->space, &from, &row) && rows_add(rows, &row, sizeof(row))) {}
}

/* A process has its handles and mappings until it is taken down. The kernel's are nobody's affair. */
static void list_inside(struct rows *rows, uint64_t topic, struct process *process)
{
    if (process == &kernel_process || !process_space_get(process)) {
        return;
    }
    if (topic == j6_topic_handles) {
        list_handles(rows, process);
    } else {
        list_mappings(rows, process);
    }
    process_space_put(process);
}

static void list(struct rows *rows, uint64_t topic, struct process *process)
{
    switch (topic) {
    case j6_topic_cpus: list_cpus(rows); return;
    case j6_topic_processes: list_processes(rows); return;
    case j6_topic_threads: list_threads(rows, process); return;
    default: list_inside(rows, topic, process); return;
    }
}

/* Counted first: nothing is written to a buffer that is too small. */
static j6_status_t info_rows(uint64_t topic, struct process *process, struct user_ptr buf,
                             struct user_ptr len)
{
    struct rows rows = {.room = 0};
    uint64_t room;
    j6_status_t status = user_load_inout(len, &room);
    if (status != j6_status_ok) {
        return status;
    }
    list(&rows, topic, process);
    if (rows.size <= room) {
        rows = (struct rows){.buf = buf, .room = room};
        list(&rows, topic, process);
    }
    if (rows.status == j6_status_ok) {
        rows.status = user_store(len, rows.size);
    }
    bool fits = rows.size <= room;
    return rows.status != j6_status_ok || fits ? rows.status : j6_err_insufficient;
}

static j6_status_t info_of_process(uint64_t topic, j6_koid_t koid, struct user_ptr buf,
                                   struct user_ptr len)
{
    struct process *process = process_from(koid);
    j6_status_t status = j6_err_not_found;
    if (process != NULL && process->object.koid == koid) {
        status = info_rows(topic, process, buf, len);
    }
    if (process != NULL) {
        kobject_put(&process->object);
    }
    return status;
}

static bool is_of_process(uint64_t topic)
{
    return topic == j6_topic_threads || topic == j6_topic_handles || topic == j6_topic_mappings;
}

/* A list shows what there is; the others count exactly. */
static bool is_list(uint64_t topic)
{
    return is_of_process(topic) || topic == j6_topic_cpus || topic == j6_topic_processes;
}

j6_status_t sys_system_info(struct thread *caller, struct system *system, uint64_t topic,
                            j6_koid_t koid, struct user_ptr buf, struct user_ptr len)
{
    (void)caller;
    j6_status_t status = system_check(system, j6_range_info, 0, 1);
    if (status != j6_status_ok) {
        return status;
    }
    if ((koid != 0) != is_of_process(topic)) {
        return j6_err_invalid_arg;
    }
    if (!is_list(topic)) {
        memory_settle(); /* the system object isn't looked at any more */
    }
    switch (topic) {
    case j6_topic_objects: return info_objects(buf, len);
    case j6_topic_frames: return info_frames(buf, len);
    case j6_topic_slabs: return info_slabs(buf, len);
    case j6_topic_allocations: return info_allocations(buf, len);
    case j6_topic_cpus:
    case j6_topic_processes: return info_rows(topic, NULL, buf, len);
    default: return info_of_process(topic, koid, buf, len);
    }
}

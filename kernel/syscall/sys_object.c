/* SPDX-License-Identifier: MIT */
/* Calls on handles, and on objects of any type. */
#include "ipc/binding.h"
#include "kernel/base/console.h"
#include "kernel/info.h"
#include "kernel/syscall/sys.h"
#include "kernel/signal.h"
#include <j6/handle.h>
#include <j6/info.h>
#include <stddef.h>

/* What can't be told is taken back. */
static j6_status_t tell_handle(struct handle_table *table, j6_handle_t handle, struct user_ptr out)
{
    j6_status_t status = user_copy_out(out, &handle, sizeof(handle));
    if (status != j6_status_ok) {
        handle_remove(table, handle); /* or another thread guessed and closed it */
    }
    return status;
}

j6_status_t sys_target_out(struct handle_table *table, handle_target_t target, uint64_t rights,
                           struct user_ptr out)
{
    j6_handle_t handle;
    j6_status_t status = handle_insert_target(table, target, rights, &handle);
    return status == j6_status_ok ? tell_handle(table, handle, out) : status;
}

j6_status_t sys_handle_copy_out(struct thread *caller, j6_handle_t handle,
                                struct handle_table *table, uint64_t rights, struct user_ptr out)
{
    j6_handle_t copy;
    j6_status_t status = handle_copy(&caller->process->handles, handle, table, rights, &copy);
    return status == j6_status_ok ? tell_handle(table, copy, out) : status;
}

j6_status_t sys_handle_out(struct handle_table *table, struct kobject *object, uint64_t rights,
                           struct user_ptr out)
{
    return sys_target_out(table, target_of(object, NULL), rights, out);
}

j6_status_t sys_new_handle_out(struct thread *caller, struct kobject *object, struct user_ptr out)
{
    return sys_handle_out(&caller->process->handles, object,
                          handle_all_rights(object->type->number), out);
}

j6_status_t sys_info_out(const void *info, uint64_t size, struct user_ptr buf, struct user_ptr len)
{
    uint64_t room;
    j6_status_t status = user_copy_in(&room, len, sizeof(room));
    if (status != j6_status_ok) {
        return status;
    }
    bool fits = room >= size;
    if (fits) {
        status = user_copy_out(buf, info, size);
    }
    if (status == j6_status_ok) {
        status = user_copy_out(len, &size, sizeof(size));
    }
    return status != j6_status_ok || fits ? status : j6_err_insufficient;
}

j6_status_t sys_done_out(j6_status_t status, uint64_t done, struct user_ptr out)
{
    j6_status_t told = user_store(out, done);
    return status != j6_status_ok ? status : told;
}

j6_status_t sys_handle_close(struct thread *caller, struct kobject *object, j6_handle_t handle)
{
    (void)object;
    return handle_remove(&caller->process->handles, handle);
}

static bool is_endpoint(const struct kobject *object)
{
    return object->type->number == j6_type_endpoint;
}

/* A badge can't be changed. */
static bool may_badge(const struct thread *caller, j6_handle_t handle)
{
    return (handle & j6_right_endpoint_badge) &&
           handle_badge_value(&caller->process->handles, handle) == 0;
}

j6_status_t sys_handle_duplicate(struct thread *caller, struct kobject *object, j6_handle_t handle,
                                 uint64_t rights, uint64_t badge, struct user_ptr out)
{
    if ((rights & ~j6_handle_rights(handle)) ||
        (badge != 0 && is_endpoint(object) && !may_badge(caller, handle))) {
        return j6_err_denied;
    }
    if (badge != 0 && !is_endpoint(object)) {
        return j6_err_invalid_arg;
    }
    j6_status_t status = user_probe_out(out, sizeof(j6_handle_t));
    if (status != j6_status_ok) {
        return status;
    }
    struct handle_table *table = &caller->process->handles;
    return badge == 0 ? sys_handle_copy_out(caller, handle, table, rights, out)
                      : sys_badge_out(caller, endpoint_of(object), rights, badge, out);
}

j6_status_t sys_object_koid(struct thread *caller, struct kobject *object, struct user_ptr koid)
{
    (void)caller;
    return user_copy_out(koid, &object->koid, sizeof(object->koid));
}

/* How a process or thread ended; where exactly is for debuggers. */
static j6_status_t end_info(struct kobject *object, j6_handle_t handle, struct user_ptr buf,
                            struct user_ptr len)
{
    struct j6_end_info end;
    uint64_t debug;
    if (object->type->number == j6_type_process) {
        process_end_info(process_of(object), &end);
        debug = j6_right_process_debug;
    } else if (object->type->number == j6_type_thread) {
        thread_end_info(thread_of(object), &end);
        debug = j6_right_thread_debug;
    } else {
        return j6_err_wrong_type;
    }
    if (!(handle & debug)) {
        end = (struct j6_end_info){.reason = end.reason, .vector = end.vector, .code = end.code};
    }
    return sys_info_out(&end, sizeof(end), buf, len);
}

/* A thread that a held fault has stopped is for debuggers altogether. */
static j6_status_t stop_info(struct kobject *object, j6_handle_t handle, uint64_t topic,
                             struct user_ptr buf, struct user_ptr len)
{
    union {
        struct j6_fault_info fault;
        struct j6_thread_registers registers;
    } info;
    if (object->type->number != j6_type_thread) {
        return j6_err_wrong_type;
    }
    if (!(handle & j6_right_thread_debug)) {
        return j6_err_denied;
    }
    bool fault = topic == j6_topic_fault;
    j6_status_t status = fault ? thread_fault_info(thread_of(object), &info.fault)
                               : thread_registers(thread_of(object), &info.registers);
    uint64_t size = fault ? sizeof(info.fault) : sizeof(info.registers);
    return status == j6_status_ok ? sys_info_out(&info, size, buf, len) : status;
}

static j6_status_t layout_info(struct kobject *object, struct user_ptr buf, struct user_ptr len)
{
    if (object->type->number != j6_type_process) {
        return j6_err_wrong_type;
    }
    struct j6_layout_info layout = {
        .window = process_of(object)->space->window,
        .window_size = VM_WINDOW_SIZE,
        .clock_page = process_of(object)->clock_page,
    };
    return sys_info_out(&layout, sizeof(layout), buf, len);
}

static j6_status_t physical_info(struct kobject *object, struct user_ptr buf, struct user_ptr len)
{
    if (object->type->number != j6_type_vma) {
        return j6_err_wrong_type;
    }
    struct j6_physical_info info;
    j6_status_t status = vm_area_physical(vm_area_of(object), &info.phys, &info.size);
    return status == j6_status_ok ? sys_info_out(&info, sizeof(info), buf, len) : status;
}

static j6_status_t left_info(struct kobject *object, struct user_ptr buf, struct user_ptr len)
{
    if (object->type->number != j6_type_process) {
        return j6_err_wrong_type;
    }
    struct j6_account_info info;
    account_info(process_of(object)->account, &info);
    return sys_info_out(&info, sizeof(info), buf, len);
}

static j6_status_t timer_info(struct kobject *object, struct user_ptr buf, struct user_ptr len)
{
    if (object->type->number != j6_type_event) {
        return j6_err_wrong_type;
    }
    struct j6_timer_info info;
    event_timer_info(event_of(object), &info);
    return sys_info_out(&info, sizeof(info), buf, len);
}

static j6_status_t shown_info(struct kobject *object, struct user_ptr buf, struct user_ptr len)
{
    struct j6_shown_info info;
    if (object->type->number != j6_type_system) {
        return j6_err_wrong_type;
    }
    const struct system *system = system_of(object);
    for (size_t i = 0; i < system->range_count; i++) {
        if (console_shown(&system->ranges[i], &info.entry)) {
            return sys_info_out(&info, sizeof(info), buf, len);
        }
    }
    return j6_err_bad_state;
}

j6_status_t sys_object_info(struct thread *caller, struct kobject *object,
                            j6_handle_t object_handle, uint64_t topic, struct user_ptr buf,
                            struct user_ptr len)
{
    (void)caller;
    switch (topic) {
    case j6_topic_physical: return physical_info(object, buf, len);
    case j6_topic_end: return end_info(object, object_handle, buf, len);
    case j6_topic_account: return left_info(object, buf, len);
    case j6_topic_fault:
    case j6_topic_registers: return stop_info(object, object_handle, topic, buf, len);
    case j6_topic_timer: return timer_info(object, buf, len);
    case j6_topic_shown: return shown_info(object, buf, len);
    default: return layout_info(object, buf, len);
    }
}

j6_status_t sys_object_wait(struct thread *caller, struct kobject *object, uint64_t mask,
                            uint64_t *signals, j6_time_t deadline)
{
    (void)caller;
    return kobject_wait(object, mask, deadline, signals);
}

j6_status_t sys_object_signal(struct thread *caller, struct kobject *object, uint64_t clear,
                              uint64_t set)
{
    (void)caller;
    bool event = object->type->number == j6_type_event;
    uint64_t clearable = j6_signal_user_mask | (event ? j6_signal_event_timer : 0);
    if ((clear & ~clearable) || (set & ~j6_signal_user_mask)) {
        return j6_err_invalid_arg;
    }
    return event ? event_signal(event_of(object), clear, set)
                 : kobject_signal_user(object, clear, set);
}

static j6_status_t close_area(struct vm_area *area)
{
    if (!(area->flags & j6_vma_flag_revocable)) {
        return j6_err_bad_state;
    }
    if (!kobject_try_get(&area->object)) {
        return j6_err_bad_handle;
    }
    vm_area_revoke(area);
    kobject_put(&area->object);
    return j6_status_ok;
}

static j6_status_t close_endpoint(struct endpoint *endpoint)
{
    if (!kobject_try_get(&endpoint->object)) {
        return j6_err_bad_handle;
    }
    j6_status_t status = endpoint_close(endpoint);
    kobject_put(&endpoint->object);
    return status;
}

/* Processes and threads are killed instead. */
j6_status_t sys_object_close(struct thread *caller, struct kobject *object)
{
    (void)caller;
    switch (object->type->number) {
    case j6_type_system: return system_close(system_of(object));
    case j6_type_event: return event_close(event_of(object));
    case j6_type_channel: return channel_close(channel_of(object));
    case j6_type_vma: return close_area(vm_area_of(object));
    case j6_type_endpoint: return close_endpoint(endpoint_of(object));
    default: return j6_err_wrong_type;
    }
}

j6_status_t sys_object_bind(struct thread *caller, struct kobject *object, uint64_t mask,
                            struct endpoint *endpoint, uint64_t key)
{
    (void)caller;
    return is_endpoint(object) ? j6_err_wrong_type : binding_create(object, mask, endpoint, key);
}

j6_status_t sys_object_unbind(struct thread *caller, struct kobject *object,
                              struct endpoint *endpoint, uint64_t key)
{
    (void)caller;
    return is_endpoint(object) ? j6_err_wrong_type : binding_remove(object, endpoint, key);
}

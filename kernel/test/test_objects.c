/* SPDX-License-Identifier: MIT */
/* Kernel objects. */
#include "kernel/process.h"
#include "kernel/system.h"
#include "kernel/test/settle.h"
#include "kernel/test/tests.h"
#include "lib/string.h"

bool self_test_a_thread_is_found_from_its_tcb(void)
{
    static struct thread thread;
    return thread_of_tcb(&thread.tcb) == &thread;
}

bool self_test_koids_are_never_used_twice(void)
{
    static struct account account;
    account_init_root(&account, UINT64_MAX / 2);
    j6_koid_t last = 0;
    for (unsigned i = 0; i < 100; i++) {
        struct system *system;
        if (system_create(&account, &system) != j6_status_ok) {
            return false;
        }
        j6_koid_t koid = system->object.koid;
        kobject_put(&system->object);
        settle();
        if (koid <= last || koid >> j6_handle_type_shift != j6_type_system) {
            return false;
        }
        last = koid;
    }
    return kobject_live(j6_type_system) == 0;
}

/* It is there before every other process, and doesn't count when all of them are to end. */
bool self_test_the_kernel_is_a_process_in_its_own_space(void)
{
    j6_handle_t handle;
    struct kobject *object = &kernel_process.object;
    bool right = kernel_process.space == &kernel_space &&
                 string_equal(kernel_process.name, "kernel") &&
                 object->koid >> j6_handle_type_shift == j6_type_process &&
                 kobject_live(j6_type_process) == 1 &&
                 handle_insert(&kernel_process.handles, object, 0, &handle) == j6_err_bad_state;
    process_end_all();
    return right && !process_any() && !process_is_new(&kernel_process);
}

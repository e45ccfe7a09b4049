/* SPDX-License-Identifier: MIT */
/* Kernel objects. */
#include "kernel/system.h"
#include "kernel/test/tests.h"
#include "kernel/thread.h"

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
        grace_pass();
        if (koid <= last || koid >> j6_handle_type_shift != j6_type_system) {
            return false;
        }
        last = koid;
    }
    return kobject_live(j6_type_system) == 0;
}

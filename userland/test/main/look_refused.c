/* SPDX-License-Identifier: MIT */
/* system_info: buffers that are too small, wrong koids, and who may not look. */
#include "lib/string.h"
#include "userland/test/main/devices.h"
#include "userland/test/main/look.h"

TEST(a_list_that_does_not_fit_tells_its_size_and_writes_nothing)
{
    static const uint64_t topics[] = {j6_topic_cpus, j6_topic_processes, j6_topic_threads,
                                      j6_topic_handles, j6_topic_mappings};
    static char buffer[64 * 1024];
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
        j6_koid_t koid = i < 2 ? 0 : own_koid();
        uint64_t wanted = 0;
        expect_status(j6_err_insufficient,
                      j6_system_info(system_handle(), topics[i], koid, NULL, &wanted));
        expect(wanted > 0 && wanted <= sizeof(buffer));
        uint64_t len = wanted - 1;
        memset(buffer, 0x55, sizeof(buffer));
        expect_status(j6_err_insufficient,
                      j6_system_info(system_handle(), topics[i], koid, buffer, &len));
        expect_equal(wanted, len);
        expect_equal(0x55, buffer[0]);
        expect_ok(j6_system_info(system_handle(), topics[i], koid, buffer, &len));
        expect_equal(wanted, len);
        expect_equal(0, len % *(uint32_t *)buffer);
        expect_equal(0x55, buffer[len]);
    }
}

TEST(lists_of_a_process_need_the_koid_of_one_that_lives_and_the_others_none)
{
    static const uint64_t of_process[] = {j6_topic_threads, j6_topic_handles, j6_topic_mappings};
    static const uint64_t of_all[] = {j6_topic_objects, j6_topic_frames, j6_topic_slabs,
                                      j6_topic_cpus, j6_topic_processes};
    uint64_t len = 0;
    for (size_t i = 0; i < sizeof(of_process) / sizeof(of_process[0]); i++) {
        const j6_koid_t unknown[] = {1, own_koid() - 1, koid_of(system_handle()),
                                     koid_of(j6_handle_self_thread), ~0ull};
        expect_status(j6_err_invalid_arg,
                      j6_system_info(system_handle(), of_process[i], 0, NULL, &len));
        for (size_t j = 0; j < sizeof(unknown) / sizeof(unknown[0]); j++) {
            expect_status(j6_err_not_found,
                          j6_system_info(system_handle(), of_process[i], unknown[j], NULL, &len));
        }
    }
    for (size_t i = 0; i < sizeof(of_all) / sizeof(of_all[0]); i++) {
        expect_status(j6_err_invalid_arg,
                      j6_system_info(system_handle(), of_all[i], own_koid(), NULL, &len));
    }
}

TEST(looking_around_needs_the_range_info)
{
    j6_handle_t log = restricted(system_handle(), j6_range_log, 0, 1);
    j6_handle_t info = restricted(system_handle(), j6_range_info, 0, 1);
    struct j6_snapshot snapshot;
    for (uint64_t topic = j6_topic_cpus; topic <= j6_topic_mappings; topic++) {
        j6_koid_t koid = topic < j6_topic_threads ? 0 : own_koid();
        expect_status(j6_err_denied, j6_snapshot_take(log, topic, koid, &snapshot));
        expect_ok(j6_snapshot_take(info, topic, koid, &snapshot));
        j6_snapshot_drop(&snapshot);
    }
    expect_ok(j6_handle_close(log));
    expect_ok(j6_handle_close(info));
}

/* SPDX-License-Identifier: MIT */
/* noop, log, clock, random, system_info. */
#include "lib/string.h"
#include "userland/test/main/util.h"

SAMPLE_TEST(noop_is_ok)
{
    expect_ok(j6_noop());
}

TEST(log_takes_every_severity_and_no_other)
{
    for (uint64_t severity = j6_log_output; severity < j6_log_count; severity++) {
        expect_ok(j6_log(severity, "a line of the test", 18));
    }
    expect_status(j6_err_invalid_arg, j6_log(j6_log_count, "x", 1));
    expect_status(j6_err_invalid_arg, j6_log(~0ull, "x", 1));
}

TEST(log_refuses_a_text_that_is_too_long)
{
    static char text[100000];
    expect_status(j6_err_out_of_range, j6_log(j6_log_debug, text, sizeof(text)));
}

SAMPLE_TEST(clock_never_goes_back)
{
    j6_time_t last = now();
    const j6_time_t first = last;
    for (int i = 0; i < 10000; i++) {
        j6_time_t next = now();
        if (!expect(next >= last)) {
            return;
        }
        last = next;
    }
    expect(last > first);
}

TEST(random_fills_exactly_what_it_is_asked_for)
{
    uint8_t bytes[258] = {0};
    expect_ok(j6_random(bytes + 1, 256));
    expect_equal(0, bytes[0]);
    expect_equal(0, bytes[257]);
    size_t zeros = 0;
    for (size_t i = 1; i <= 256; i++) {
        zeros += bytes[i] == 0;
    }
    expect(zeros < 16);
}

TEST(random_gives_at_most_256_bytes)
{
    uint8_t bytes[257];
    expect_status(j6_err_out_of_range, j6_random(bytes, 257));
    expect_ok(j6_random(bytes, 0));
}

SAMPLE_TEST(random_never_repeats_itself)
{
    uint64_t a[4];
    uint64_t b[4];
    expect_ok(j6_random(a, sizeof(a)));
    expect_ok(j6_random(b, sizeof(b)));
    expect(memcmp(a, b, sizeof(a)) != 0);
}

/* Chi-square with 255 degrees of freedom: mean 255, standard deviation 22.6; six of them. */
SAMPLE_TEST(random_bytes_are_spread_evenly)
{
    uint64_t counts[256] = {0};
    const uint64_t rounds = 64; /* of 256 bytes: 64 of each value to be expected */
    for (uint64_t i = 0; i < rounds; i++) {
        uint8_t bytes[256];
        expect_ok(j6_random(bytes, sizeof(bytes)));
        for (size_t j = 0; j < sizeof(bytes); j++) {
            counts[bytes[j]]++;
        }
    }
    uint64_t squares = 0;
    for (size_t value = 0; value < 256; value++) {
        int64_t off = (int64_t)(counts[value] - rounds);
        squares += (uint64_t)(off * off);
    }
    expect(squares / rounds > 120);
    expect(squares / rounds < 390);
}

TEST(system_info_counts_live_objects)
{
    struct j6_objects_info before = objects_live();
    j6_handle_t area = area_new(1, 0);
    struct j6_objects_info after = objects_live();
    expect_equal(before.live[j6_type_vma] + 1, after.live[j6_type_vma]);
    expect_equal(0, after.live[j6_type_none]);
    expect(after.live[j6_type_system] >= 1);
    expect(after.live[j6_type_process] >= 1);
    expect(after.live[j6_type_thread] >= 1);
    expect_ok(j6_handle_close(area));
}

SAMPLE_TEST(system_info_counts_frames)
{
    struct j6_frames_info frames = {0};
    uint64_t len = sizeof(frames);
    expect_ok(j6_system_info(system_handle(), j6_topic_frames, 0, &frames, &len));
    expect_equal(sizeof(frames), len);
    expect(frames.free > 0);
    expect(frames.free < frames.total);
}

TEST(system_info_lists_slabs)
{
    struct j6_slab_info slabs[64];
    uint64_t len = sizeof(slabs);
    expect_ok(j6_system_info(system_handle(), j6_topic_slabs, 0, slabs, &len));
    expect(len >= sizeof(slabs[0]));
    expect_equal(0, len % sizeof(slabs[0]));
    for (size_t i = 0; i < len / sizeof(slabs[0]); i++) {
        expect(slabs[i].name[0] != '\0');
        expect(slabs[i].object_size > 0);
        expect(slabs[i].live == 0 || slabs[i].frames > 0);
    }
}

TEST(system_info_tells_the_size_that_a_small_buffer_lacks)
{
    struct j6_objects_info info = {0};
    uint64_t len = sizeof(info) - 1;
    expect_status(j6_err_insufficient,
                  j6_system_info(system_handle(), j6_topic_objects, 0, &info, &len));
    expect_equal(sizeof(info), len);
    expect_equal(0, info.live[j6_type_process]);
    len = 2 * sizeof(info);
    expect_status(j6_err_bad_address,
                  j6_system_info(system_handle(), j6_topic_objects, 0, (void *)8, &len));
}

TEST(system_info_of_an_unknown_topic_is_invalid_arg)
{
    uint64_t word;
    uint64_t len = sizeof(word);
    expect_status(j6_err_invalid_arg, j6_system_info(system_handle(), 999, 0, &word, &len));
    expect_status(j6_err_invalid_arg, j6_system_info(system_handle(), ~0ull, 0, &word, &len));
}

TEST(system_power_with_an_unknown_action_is_invalid_arg)
{
    expect_status(j6_err_invalid_arg, j6_system_power(system_handle(), 999, 0));
    expect_status(j6_err_invalid_arg, j6_system_power(system_handle(), ~0ull, 0));
}

/* SPDX-License-Identifier: MIT */
/*
 * Unmodified programs for Linux, linked with musl: what they can count on. Most of what is to be checked they
 * check themselves (tests/linux/musl), and tell by their exit codes.
 */
#include "userland/test/main/linux.h"
#include "lib/string.h"
#include "userland/test/main/channel.h"
#include "userland/test/main/files.h"
#include <j6/archive.h>

void linux_layer_load(void)
{
    j6_handle_t file;
    if (expect_ok(j6_boot_file("lib/linux", &file))) {
        j6_layer_set(file);
    }
}

j6_handle_t linux_start(const char *program, const char *argument, const struct j6_spawn_row *rows,
                        size_t count)
{
    const char *const argv[] = {program, argument, NULL};
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_spawn(j6_find_module(program), program, argv, NULL, rows, count, &process));
    return process;
}

int64_t musl_run(const char *check)
{
    struct j6_end_info end = process_finish(linux_start("musl", check, NULL, 0));
    expect_equal(j6_reason_exited, end.reason);
    return end.code;
}

void musl_expect_output(const char *check, const char *role, const char *text, int64_t *out_code)
{
    j6_handle_t channel = channel_new();
    const struct j6_spawn_row row = {role, channel, j6_right_wait | SEND};
    j6_handle_t process = linux_start("musl", check, &row, 1);
    *out_code = process_finish(process).code;
    expect_text(channel, text);
    expect_ok(j6_handle_close(channel));
}

static const uint64_t FILE_RIGHTS =
    J6_RIGHT(40) | J6_RIGHT(41) | J6_RIGHT(48); /* duplicate, transfer, send */

#define MUSL_TEST(sentence, check)        \
    TEST(sentence)                        \
    {                                     \
        expect_equal(0, musl_run(check)); \
    }

MUSL_TEST(a_musl_program_formats_and_reads_text_and_numbers, "text")
MUSL_TEST(a_musl_program_computes_with_floating_point_numbers, "numbers")
MUSL_TEST(a_musl_program_sorts_and_searches, "sorting")
MUSL_TEST(a_musl_program_without_stdin_is_at_its_end, "input")
MUSL_TEST(a_musl_program_allocates_grows_and_frees_memory, "allocation")
MUSL_TEST(mmap_maps_replaces_and_refuses_as_on_linux, "mapping")
MUSL_TEST(munmap_and_mprotect_take_any_part_of_a_mapping, "cutting")
MUSL_TEST(mprotect_changes_the_segments_of_a_musl_program, "segments")
MUSL_TEST(mremap_shrinks_grows_and_moves_with_the_bytes, "remapping")
MUSL_TEST(brk_moves_the_end_of_the_heap, "heap")
MUSL_TEST(madvise_gives_pages_back, "advice")
MUSL_TEST(addresses_that_are_not_the_programs_are_efault, "addresses")
MUSL_TEST(musl_threads_share_memory_and_are_joined, "threads")
MUSL_TEST(musl_threads_wait_for_conditions_of_each_other, "conditions")
MUSL_TEST(whoever_is_to_be_moved_to_another_futex_is_woken, "requeue")
MUSL_TEST(detached_musl_threads_give_their_stacks_back, "detached")
MUSL_TEST(musl_waits_time_out_and_futexes_refuse, "timeouts")
MUSL_TEST(a_hundred_musl_threads_wait_in_calls_at_once, "many_threads")
MUSL_TEST(musl_threads_have_numbers_and_clone_makes_no_process, "ids")
MUSL_TEST(a_musl_program_reads_clocks, "clocks")
MUSL_TEST(a_musl_program_sleeps, "sleeping")
MUSL_TEST(a_handler_runs_when_a_thread_signals_itself, "handlers")
MUSL_TEST(a_blocked_signal_is_pending_until_it_is_let_through, "pending")
MUSL_TEST(descriptors_are_duplicated_controlled_and_run_out, "descriptors")
MUSL_TEST(pipes_carry_bytes_between_musl_threads, "pipes")
MUSL_TEST(poll_waits_for_pipes, "polling")
MUSL_TEST(select_waits_for_pipes, "selecting")
MUSL_TEST(a_musl_program_is_told_how_long_it_ran, "usage")
MUSL_TEST(readv_and_writev_take_several_pieces, "vectors")
MUSL_TEST(short_pieces_are_written_as_one, "whole_lines")
MUSL_TEST(linux_calls_that_are_not_served_are_enosys, "unserved")
MUSL_TEST(linux_calls_keep_registers_flags_and_the_red_zone, "registers")
MUSL_TEST(a_musl_program_learns_who_and_where_it_is, "identity")

/* By FS, which a program sets in another way where the CPU has no instruction for it. */
SAMPLE_TEST(musl_threads_have_variables_of_their_own)
{
    expect_equal(0, musl_run("thread_locals"));
}

SYSTEM_TEST(a_program_for_linux_is_not_started_where_no_layer_can_be_found)
{
    j6_handle_t process;
    j6_handle_t elf = j6_find_module("musl_hello");
    j6_layer_set(j6_handle_none);
    expect_status(j6_err_not_found, j6_spawn(elf, "x", NULL, NULL, NULL, 0, &process));
    linux_layer_load();
}

SYSTEM_TEST(a_program_built_by_musl_gcc_alone_says_hello)
{
    j6_handle_t channel = channel_new();
    const struct j6_spawn_row row = {"stdout", channel, j6_right_wait | SEND};
    j6_handle_t process = linux_start("musl_hello", "x", &row, 1);
    expect_equal(0, process_finish(process).code);
    expect_text(channel, "hello from musl, musl_hello: 1 argument, pi is 3.1415926536\n");
    expect_ok(j6_handle_close(channel));
}

SYSTEM_TEST(a_musl_program_reads_stdin_and_writes_stdout)
{
    j6_handle_t in = channel_new();
    j6_handle_t out = channel_new();
    const struct j6_spawn_row rows[] = {{"stdin", in, j6_right_wait | RECEIVE},
                                        {"stdout", out, j6_right_wait | SEND}};
    send_text(in, "one\ntwo\nthree");
    j6_handle_t process = linux_start("musl", "copy", rows, 2);
    expect_ok(j6_handle_close(in)); /* the last that could send */
    expect_equal(0, process_finish(process).code);
    expect_text(out, "one\ntwo\nthree");
    expect_ok(j6_handle_close(out));
}

SYSTEM_TEST(the_exit_code_of_a_musl_program_is_its_lowest_byte)
{
    int64_t code;
    musl_expect_output("exit_code", "stderr", "goodbye\n", &code);
    expect_equal(7, code);
    expect_equal(11, musl_run("exit_by_thread"));
}

SYSTEM_TEST(a_signal_that_ends_a_musl_program_shows_in_its_exit_code)
{
    expect_equal(128 + 6, musl_run("aborting"));
    expect_equal(128 + 13, musl_run("broken_pipe"));
    expect_equal(128 + 15, musl_run("thread_signals"));
}

MUSL_TEST(a_musl_program_without_files_finds_none, "no_files")

/* Checks that need files, with a service of their own. */
static void expect_with_files(const char *check)
{
    struct file_service service;
    j6_handle_t files = files_begin(&service);
    j6_handle_t client = client_new(files, 0, 64, files_no_limit);
    const struct j6_spawn_row row = {"files", client, FILE_RIGHTS};
    j6_handle_t process = linux_start("musl", check, &row, 1);
    expect_equal(0, process_finish(process).code);
    expect_ok(j6_handle_close(client));
    files_end(&service);
}

SYSTEM_TEST(a_musl_program_reads_and_writes_files)
{
    expect_with_files("file_bytes");
}

SYSTEM_TEST(a_musl_program_walks_and_changes_the_tree_of_files)
{
    expect_with_files("file_tree");
}

SYSTEM_TEST(a_musl_program_maps_files)
{
    expect_with_files("file_mapping");
}

SYSTEM_TEST(errors_of_files_are_those_of_linux)
{
    expect_with_files("file_errors");
}

SYSTEM_TEST(links_that_lead_nowhere_or_to_directories_are_errors_as_on_linux)
{
    expect_with_files("link_errors");
}

SYSTEM_TEST(offsets_of_a_file_are_those_of_linux)
{
    expect_with_files("file_offsets");
}

SYSTEM_TEST(an_open_file_of_a_musl_program_outlives_its_name)
{
    expect_with_files("file_kept_open");
}

SYSTEM_TEST(stdout_of_a_musl_program_can_be_a_file)
{
    struct file_service service;
    j6_handle_t files = files_begin(&service);
    j6_handle_t file = file_open(files, "tmp/out", files_open_write | files_open_create);
    const struct j6_spawn_row rows[] = {{"stdout", file, FILE_RIGHTS},
                                        {"stderr", file, FILE_RIGHTS}};
    expect_equal(0, process_finish(linux_start("musl", "output", rows, 2)).code);
    expect_file(files, "tmp/out", "a line 2.50\nan error\nthe end of a line waits\nfor the exit");
    expect_ok(j6_handle_close(file));
    files_end(&service);
}

SYSTEM_TEST(a_program_can_be_linked_with_musl_and_libj6)
{
    j6_handle_t lines = channel_new();
    j6_handle_t out = channel_new();
    const struct j6_spawn_row rows[] = {{"lines", lines, j6_right_wait | SEND | RECEIVE},
                                        {"stdout", out, j6_right_wait | SEND}};
    send_text(lines, "pear\napple\nfig\n");
    expect_equal(0, process_finish(linux_start("musl_j6", "", rows, 2)).code);
    expect_text(lines, "apple\nfig\npear\n");
    expect_text(out, "denied 0.5\n");
    expect_ok(j6_handle_close(lines));
    expect_ok(j6_handle_close(out));
}

/* All of a module's bytes, to be read from a channel. */
static void send_module(j6_handle_t channel, const char *name)
{
    const struct j6_boot_info *info = j6_boot_info();
    uint64_t address = 0;
    uint64_t len = 0;
    j6_handle_t area = j6_find_module(name);
    for (size_t i = 0; i < info->module_count; i++) {
        len = string_equal(info->module_names[i], name) ? info->module_sizes[i] : len;
    }
    expect_ok(j6_vma_map(area, j6_handle_self_process, &address, 0, 0, j6_map_read));
    expect_ok(try_send(channel, (const void *)address, &len));
    expect_ok(j6_vma_unmap(area, j6_handle_self_process, address, 0));
}

SYSTEM_TEST(lua_runs_its_checks)
{
    if (j6_find_module("lua") == 0) {
        test_skip("the image has no Lua");
        return;
    }
    if (!test_has_frames((64 << 20) / PAGE)) { /* its stack grows by doubling, up to 16 MiB */
        return;
    }
    j6_handle_t in = channel_new();
    j6_handle_t out = channel_new();
    const struct j6_spawn_row rows[] = {{"stdin", in, j6_right_wait | RECEIVE},
                                        {"stdout", out, j6_right_wait | SEND}};
    send_module(in, "checks.lua");
    j6_handle_t process = linux_start("lua", "-", rows, 2);
    expect_ok(j6_handle_close(in));
    expect_equal(0, process_finish(process).code);
    expect_text(out, "lua: Lua 5.4 is well\n");
    expect_ok(j6_handle_close(out));
}

SYSTEM_TEST(a_musl_thread_beyond_the_limit_is_refused_and_the_program_goes_on)
{
    static const char *const argv[] = {"musl", "thread_limit", NULL};
    const struct j6_limits limits = {
        .pages = 500, .handles = 100, .threads = 5, .processes = 0, .priority = 4};
    const struct j6_program program = {.elf = j6_find_module("musl"), .name = "musl", .argv = argv};
    j6_handle_t process = j6_handle_none;
    expect_ok(j6_process_create("musl", 4, &limits, 0, &process));
    expect_ok(j6_start_program(process, &program));
    expect_equal(4, process_finish(process).code);
}

SYSTEM_TEST(a_musl_program_is_killed_in_the_midst_of_its_calls)
{
    j6_handle_t channel = channel_new();
    const struct j6_spawn_row row = {"stdout", channel, j6_right_wait | SEND};
    j6_handle_t process = linux_start("musl", "spinning", &row, 1);
    expect_ok(j6_object_wait(channel, CAN_RECEIVE, NULL, now() + PATIENCE));
    expect_ok(j6_process_kill(process, 5));
    struct j6_end_info end = process_finish(process);
    expect_equal(j6_reason_killed, end.reason);
    expect_equal(5, end.code);
    expect_ok(j6_handle_close(channel));
}

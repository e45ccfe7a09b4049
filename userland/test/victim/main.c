/* SPDX-License-Identifier: MIT */
/*
 * The process that the tests start, watch, share with and break. It does what its first argument
 * says: a mode of victim.h, or a fault of faults.def.
 */
#include "lib/string.h"
#include "userland/test/start_check.h"
#include "userland/test/victim/victim.h"

static const struct {
    const char *name;
    int64_t (*run)(int64_t argument);
} modes[] = {
    {"exit", mode_exit},
    {"exit_with_threads", mode_exit_with_threads},
    {"thread_exit", mode_thread_exit},
    {"last_thread_exit", mode_last_thread_exit},
    {"kill_self", mode_kill_self},
    {"spin", mode_spin},
    {"sleep", mode_sleep},
    {"wait", mode_wait},
    {"many_threads", mode_many_threads},
    {"blocked", mode_blocked},
    {"pause", mode_pause},
    {"wait_many", mode_wait_many},
    {"futex_crowd", mode_futex_crowd},
    {"count_up", mode_count_up},
    {"pass_on", mode_pass_on},
    {"futex_echo", mode_futex_echo},
    {"echo_signal", mode_echo_signal},
    {"puppet", mode_puppet},
    {"parent", mode_parent},
    {"heir", mode_heir},
    {"make_loops", mode_make_loops},
    {"create_without_handles", mode_create_without_handles},
    {"use_up_handles", mode_use_up_handles},
    {"use_up_threads", mode_use_up_threads},
    {"use_up_processes", mode_use_up_processes},
    {"use_up_pages", mode_use_up_pages},
    {"use_up_pages_by_calls", mode_use_up_pages_by_calls},
    {"long_write", mode_long_write},
    {"long_writers", mode_long_writers},
    {"long_unmap", mode_long_unmap},
    {"long_unmap_of", mode_long_unmap_of},
    {"touch", mode_touch},
    {"end_with_handles", mode_end_with_handles},
    {"end_with_pages", mode_end_with_pages},
    {"end_with_mappings", mode_end_with_mappings},
    {"long_close", mode_long_close},
    {"long_resize", mode_long_resize},
    {"use_up_pages_by_restrict", mode_use_up_pages_by_restrict},
    {"use_up_pages_by_dma", mode_use_up_pages_by_dma},
    {"hoard", mode_hoard},
    {"touch_all", mode_touch_all},
    {"refused", mode_refused},
    {"short_of_mappings", mode_short_of_mappings},
    {"short_of_pages", mode_short_of_pages},
    {"short_of_pages_for_a_clone", mode_short_of_pages_for_a_clone},
    {"short_of_pages_for_fixed_size", mode_short_of_pages_for_fixed_size},
    {"short_of_tables", mode_short_of_tables},
    {"short_of_nodes", mode_short_of_nodes},
    {"short_of_channels", mode_short_of_channels},
    {"short_of_a_table_to_split", mode_short_of_a_table_to_split},
    {"use_up_tables", mode_use_up_tables},
    {"fail_faults", mode_fail_faults},
    {"fail_spawn", mode_fail_spawn},
    {"fail_end", mode_fail_end},
    {"log", mode_log},
    {"print", mode_print},
    {"log_flood", mode_log_flood},
    {"rows", mode_rows},
    {"share", mode_share},
    {"await_word", mode_await_word},
    {"time_of_day", mode_time_of_day},
    {"count_tables", mode_count_tables},
    {"fpu", mode_fpu},
    {"fpu_start", mode_fpu_start},
    {"flags", mode_flags},
    {"wild_stack", mode_wild_stack},
    {"read_port", mode_read_port},
    {"text_attach", mode_text_attach},
    {"text_write", mode_text_write},
    {"text_send", mode_text_send},
};

static const struct {
    const char *name;
    void (*run)(struct report *report);
} faults[] = {
#define FAULT(mode, vector, known) {#mode, fault_##mode},
#include "userland/test/faults.def"
#undef FAULT
};

static int64_t number(const char *text)
{
    bool negative = *text == '-';
    int64_t value = 0;
    for (text += negative; *text >= '0' && *text <= '9'; text++) {
        value = 10 * value + (*text - '0');
    }
    return negative ? -value : value;
}

void *map_role(const char *role)
{
    uint64_t address = 0;
    j6_status_t status = j6_vma_map(j6_find(role), j6_handle_self_process, &address, 0, 0,
                                    j6_map_read | j6_map_write);
    if (status != j6_status_ok) {
        j6_printf("victim: %s: %s", role, j6_status_text(status));
        j6_exit(-1);
    }
    return (void *)address;
}

static int64_t break_oneself(void (*fault)(struct report *report))
{
    static struct report unwanted;
    fault(j6_find("report") == j6_handle_none ? &unwanted : map_role("report"));
    return 0;
}

static int64_t mode_start(int argc, char **argv, char **envp)
{
    const char *wrong = start_check(argc, argv, envp);
    if (argc != 3 || !string_equal(argv[0], "victim") || !string_equal(argv[2], "an argument") ||
        envp[0] == NULL || !string_equal(envp[0], "PLACE=victim") || envp[1] != NULL ||
        !string_equal((const char *)auxv_value(envp, AT_EXECFN, 0), "victim")) {
        wrong = "argv, envp or name";
    }
    if (wrong) {
        j6_printf("victim: start stack: %s", wrong);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv, char **envp)
{
    if (argc < 3) {
        j6_printf("victim: mode and argument wanted");
        return -1;
    }
    if (string_equal(argv[1], "start")) {
        return (int)mode_start(argc, argv, envp);
    }
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (string_equal(argv[1], modes[i].name)) {
            return (int)modes[i].run(number(argv[2]));
        }
    }
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        if (string_equal(argv[1], faults[i].name)) {
            return (int)break_oneself(faults[i].run);
        }
    }
    j6_printf("victim: unknown mode %s", argv[1]);
    return -1;
}

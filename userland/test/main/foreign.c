/* SPDX-License-Identifier: MIT */
/*
 * Foreign calls: system calls with a number that is none of ours go to the thread's own entry, which
 * serves another system's calls from user code, or are nyi.
 */
#include "lib/string.h"
#include "userland/test/main/calls.h"
#include "userland/test/main/debuggee.h"

void foreign_make(const struct j6_thread_registers *with);
int64_t foreign_serve(uint64_t number, const uint64_t arguments[6]);
#define HIDDEN extern __attribute__((visibility("hidden")))
HIDDEN const char foreign_return[], foreign_record[], foreign_linux[];
HIDDEN struct j6_thread_registers foreign_seen, foreign_after;
HIDDEN uint64_t foreign_answer;
#undef HIDDEN

enum { FLAG_CARRY = 1 << 0, FLAG_PARITY = 1 << 2, FLAG_INTERRUPTS = 1 << 9, FLAG_FIXED = 1 << 1 };
enum {
    FLAG_DIRECTION = 1 << 10,
    FLAG_NESTED = 1 << 14,
    FLAG_ALIGNMENT = 1 << 18,
    FLAG_ID = 1 << 21
};
enum { STACK = 4 * PAGE };

static void entry_set(j6_handle_t thread, const char *entry)
{
    uint64_t address = (uint64_t)entry;
    expect_ok(j6_thread_control(thread, j6_control_foreign_call, &address, sizeof(address)));
}

static j6_status_t call(uint64_t number)
{
    const uint64_t arguments[CALL_ARGUMENTS] = {0};
    return raw_call(number, arguments);
}

/* A number of Linux's, and a different value in each register. */
static struct j6_thread_registers call_registers(uint64_t flags)
{
    struct j6_thread_registers with;
    uint64_t *general = &with.rax;
    for (int n = 0; n < 16; n++) {
        general[n] = 0xf0f1f2f3f4f5f600 + (uint64_t)n;
    }
    with.rax = 39;
    with.rflags = flags | FLAG_INTERRUPTS | FLAG_FIXED;
    return with;
}

/* As they were at the call, but for those that SYSCALL changes. */
static void expect_registers(const struct j6_thread_registers *with,
                             const struct j6_thread_registers *found)
{
    const uint64_t *wanted = &with->rax;
    const uint64_t *value = &found->rax;
    for (int n = 0; n < 16; n++) {
        if (n != 0 && n != 1 && n != 11) {
            expect_equal(wanted[n], value[n]);
        }
    }
}

TEST(a_foreign_entry_finds_every_register_as_a_kernel_would)
{
    const struct j6_thread_registers with =
        call_registers(FLAG_CARRY | FLAG_DIRECTION | FLAG_NESTED | FLAG_ALIGNMENT | FLAG_ID);
    entry_set(j6_handle_self_thread, foreign_record);
    foreign_make(&with);
    entry_set(j6_handle_self_thread, NULL);
    expect_registers(&with, &foreign_seen);
    expect_equal(39, foreign_seen.rax);
    expect_equal(foreign_return, foreign_seen.rcx);
    expect_equal(with.rflags, foreign_seen.r11);
    expect_equal(FLAG_CARRY | FLAG_ID | FLAG_INTERRUPTS | FLAG_FIXED, foreign_seen.rflags);
}

TEST(a_foreign_entry_returns_by_itself_with_whatever_it_likes)
{
    const struct j6_thread_registers with = call_registers(FLAG_DIRECTION | FLAG_PARITY);
    foreign_answer = (uint64_t)-38;
    entry_set(j6_handle_self_thread, foreign_record);
    foreign_make(&with);
    entry_set(j6_handle_self_thread, NULL);
    expect_registers(&with, &foreign_after);
    expect_equal(-38, foreign_after.rax);
    expect_equal(with.rflags, foreign_after.rflags);
}

TEST(a_foreign_call_works_wherever_the_stack_pointer_points)
{
    static const uint64_t wild[] = {0, 8, 1ull << 47, 1ull << 63, ~0ull, 0xffffffff80000000};
    entry_set(j6_handle_self_thread, foreign_record);
    for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        struct j6_thread_registers with = call_registers(0);
        with.rsp = wild[i];
        foreign_make(&with);
        expect_equal(wild[i], foreign_seen.rsp);
        expect_equal(wild[i], foreign_after.rsp);
    }
    entry_set(j6_handle_self_thread, NULL);
}

static void expect_foreign(uint64_t number)
{
    foreign_seen.rax = ~number;
    expect_status(77, call(number));
    expect_equal(number, foreign_seen.rax);
}

TEST(every_number_that_is_not_ours_reaches_the_entry_whole)
{
    entry_set(j6_handle_self_thread, foreign_record);
    foreign_answer = 77;
    for (uint64_t number = 0; number < 512; number++) {
        expect_foreign(number);
    }
    for (int bit = 16; bit < 64; bit++) {
        expect_foreign(1ull << bit);
        expect_foreign((1ull << bit) - 1);
        expect_foreign(J6_CALL_BASE ^ 1ull << bit);
        expect_foreign(-(1ull << bit));
    }
    expect_foreign(J6_CALL_BASE - 1);
    expect_foreign(J6_CALL_BASE + J6_CALL_COUNT);
    expect_foreign(1ull << 31);
    expect_foreign(~0ull);
    entry_set(j6_handle_self_thread, NULL);
}

static void expect_ours(const struct call_row *row)
{
    if (!row->served) {
        test_expect_status(j6_err_nyi, call(row->number), row->name, TEST_HERE);
    }
}

TEST(our_own_numbers_never_reach_a_foreign_entry)
{
    foreign_seen.rax = 0;
    entry_set(j6_handle_self_thread, foreign_record);
    calls_each(expect_ours);
    expect_ok(j6_noop());
    expect_status(j6_err_nyi, call(J6_CALL_BASE + J6_CALL_COUNT - 1));
    entry_set(j6_handle_self_thread, NULL);
    expect_equal(0, foreign_seen.rax);
}

/* ---- a foreign system, played by foreign_linux --------------------------------------------- */

enum { LINUX_WRITE = 1, LINUX_GETPID = 39, LINUX_GETPPID = 110, NO_SUCH_CALL = -38 };

static struct {
    char text[64];
    uint64_t len;
} written;

/* Calls of our own, made by the code that serves a foreign one. */
static int64_t serve_write(const char *text, uint64_t len)
{
    if (len > sizeof(written.text) || j6_log(j6_log_debug, text, len) != j6_status_ok) {
        return -1;
    }
    memcpy(written.text, text, len);
    written.len = len;
    return (int64_t)len;
}

static int64_t serve_getpid(void)
{
    j6_koid_t koid = 0;
    j6_object_koid(j6_handle_self_process, &koid);
    return (int64_t)(koid & UINT32_MAX);
}

int64_t foreign_serve(uint64_t number, const uint64_t arguments[6])
{
    switch (number) {
    case LINUX_WRITE: return serve_write((const char *)arguments[1], arguments[2]);
    case LINUX_GETPID: return serve_getpid();
    case LINUX_GETPPID: return (int64_t)call(LINUX_GETPID) + 1; /* a foreign call from within one */
    default: return NO_SUCH_CALL;
    }
}

static int64_t linux_write(const char *text, uint64_t len)
{
    const uint64_t arguments[CALL_ARGUMENTS] = {1, (uint64_t)text, len};
    return (int64_t)raw_call(LINUX_WRITE, arguments);
}

TEST(user_code_serves_the_calls_of_another_system)
{
    static const char text[] = "written by a foreign call";
    j6_koid_t koid = 0;
    expect_ok(j6_object_koid(j6_handle_self_process, &koid));
    entry_set(j6_handle_self_thread, foreign_linux);
    expect_equal(sizeof(text), linux_write(text, sizeof(text)));
    expect_equal(koid & UINT32_MAX, call(LINUX_GETPID));
    expect_equal((koid & UINT32_MAX) + 1, call(LINUX_GETPPID));
    expect_equal(NO_SUCH_CALL, call(1000));
    expect_ok(j6_noop());
    entry_set(j6_handle_self_thread, NULL);
    expect_equal(sizeof(text), written.len);
    expect(memcmp(text, written.text, sizeof(text)) == 0);
}

/* ---- whose entry it is -------------------------------------------------------------------- */

static int64_t call_once(void *arg)
{
    return (int64_t)call((uint64_t)arg);
}

static volatile uint64_t refused; /* calls so far */

static int64_t call_until_served(void *arg)
{
    j6_status_t status;
    do {
        status = call((uint64_t)arg);
        refused++;
    } while (status == j6_err_nyi);
    return (int64_t)status;
}

static int64_t result_of(int64_t (*run)(void *arg), uint64_t number, const char *entry)
{
    int64_t result = 0;
    struct j6_thread thread;
    refused = 0;
    if (expect_ok(j6_thread_run(&thread, run, (void *)number, STACK))) {
        if (entry != NULL) {
            expect_soon(refused > 0);
            entry_set(thread.handle, entry);
        }
        expect_ok(j6_thread_join(&thread, &result));
    }
    return result;
}

TEST(a_foreign_entry_is_its_threads_alone)
{
    entry_set(j6_handle_self_thread, foreign_linux);
    expect_status(j6_err_nyi, (j6_status_t)result_of(call_once, LINUX_GETPID, NULL));
    expect(call(LINUX_GETPID) != j6_err_nyi);
    entry_set(j6_handle_self_thread, NULL);
    expect_status(j6_err_nyi, call(LINUX_GETPID));
}

TEST(a_foreign_entry_can_be_set_for_a_thread_that_runs)
{
    expect_equal(NO_SUCH_CALL, result_of(call_until_served, 1000, foreign_linux));
}

TEST(a_foreign_entry_that_is_not_mapped_is_a_fault_there)
{
    struct debuggee debuggee;
    debuggee_open(&debuggee, j6_process_flag_hold_faults);
    uint64_t entry = far_place();
    debuggee_run(&debuggee, debuggee_spin, 0);
    j6_handle_t thread = debuggee_thread(&debuggee, debuggee_call, ~0ull);
    entry_set(thread, (const char *)entry);
    expect_ok(j6_thread_start(thread));
    struct j6_fault_info fault = debuggee_stop(&debuggee, thread);
    struct j6_thread_registers registers = debuggee_registers_of(thread);
    expect_equal(14, fault.vector);
    expect_equal(entry, fault.address);
    expect_equal(entry, registers.rip);
    expect_equal(~0ull, registers.rax);
    expect_equal(debuggee_address(&debuggee, debuggee_call_return), registers.rcx);
    debuggee_close(&debuggee);
}

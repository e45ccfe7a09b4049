/* SPDX-License-Identifier: MIT */
/* SOURCES: lib/start_stack.c lib/string.c */
/*
 * The start stack that libj6 builds for a new process: read back as the new process reads it, from
 * memory of exactly the promised size, as if it lay at another address.
 */
#include "lib/auxv.h"
#include "lib/start_stack.h"
#include <stdlib.h>
#include <string.h>
#include <test.h>

#define ADDRESS 0x7ffffff00000ull

/* A built stack and what it looks like from inside. */
struct built {
    size_t size;
    uint8_t *bytes;
};

static struct start_stack example(void)
{
    static const char *const argv[] = {"program", "", "second", NULL};
    static const char *const envp[] = {"A=1", "LONGER=something", NULL};
    static const struct j6_start_handle rows[] = {
        {j6_start_self, j6_type_process, "process", 0x1111},
        {j6_start_self, j6_type_thread, "thread", 0x2222},
        {j6_start_other, j6_type_vma, "twenty-three characters", 0x3333},
    };
    return (struct start_stack){
        .name = "program",
        .argv = argv,
        .envp = envp,
        .rows = rows,
        .row_count = 3,
        .phdr = 0x10040,
        .phnum = 5,
        .entry = 0x11000,
        .clock_page = 0x20000,
        .random = "0123456789abcde",
    };
}

static struct built build(const struct start_stack *start)
{
    struct built built = {.size = start_stack_size(start)};
    built.bytes = malloc(built.size);
    memset(built.bytes, 0xd5, built.size);
    start_stack_build(start, built.bytes, ADDRESS);
    return built;
}

static uint64_t word(const struct built *built, size_t i)
{
    uint64_t value;
    assert_true((i + 1) * sizeof(value) <= built->size);
    memcpy(&value, built->bytes + i * sizeof(value), sizeof(value));
    return value;
}

static const void *at(const struct built *built, uint64_t address)
{
    assert_in_range(address, ADDRESS, ADDRESS + built->size - 1);
    return built->bytes + (address - ADDRESS);
}

/* The value of an auxv entry; auxv starts at that word. */
static uint64_t auxv_find(const struct built *built, size_t start, uint64_t kind)
{
    for (size_t i = start; word(built, i) != AT_NULL; i += 2) {
        if (word(built, i) == kind) {
            return word(built, i + 1);
        }
    }
    fail_msg("no auxv entry %llu", (unsigned long long)kind);
    return 0;
}

static void start_stack_size_is_a_multiple_of_16(void **state)
{
    (void)state;
    char name[40] = "";
    struct start_stack start = example();
    start.name = name;
    for (size_t len = 0; len < 32; len++) {
        name[len] = 'x';
        assert_int_equal(start_stack_size(&start) % 16, 0);
        struct built built = build(&start);
        free(built.bytes);
    }
}

static void start_stack_has_arguments_and_environment_in_order(void **state)
{
    (void)state;
    struct start_stack start = example();
    struct built built = build(&start);
    assert_int_equal(word(&built, 0), 3);
    assert_string_equal(at(&built, word(&built, 1)), "program");
    assert_string_equal(at(&built, word(&built, 2)), "");
    assert_string_equal(at(&built, word(&built, 3)), "second");
    assert_int_equal(word(&built, 4), 0);
    assert_string_equal(at(&built, word(&built, 5)), "A=1");
    assert_string_equal(at(&built, word(&built, 6)), "LONGER=something");
    assert_int_equal(word(&built, 7), 0);
    free(built.bytes);
}

static void start_stack_has_the_auxiliary_vector(void **state)
{
    (void)state;
    struct start_stack start = example();
    struct built built = build(&start);
    assert_int_equal(auxv_find(&built, 8, AT_PHDR), 0x10040);
    assert_int_equal(auxv_find(&built, 8, AT_PHENT), 56);
    assert_int_equal(auxv_find(&built, 8, AT_PHNUM), 5);
    assert_int_equal(auxv_find(&built, 8, AT_PAGESZ), 4096);
    assert_int_equal(auxv_find(&built, 8, AT_ENTRY), 0x11000);
    assert_int_equal(auxv_find(&built, 8, AT_SECURE), 0);
    assert_int_equal(auxv_find(&built, 8, J6_AT_SYSINFO), 0x20000);
    assert_memory_equal(at(&built, auxv_find(&built, 8, AT_RANDOM)), "0123456789abcde", 16);
    assert_string_equal(at(&built, auxv_find(&built, 8, AT_EXECFN)), "program");
    free(built.bytes);
}

static void start_stack_has_the_handle_table(void **state)
{
    (void)state;
    struct start_stack start = example();
    struct built built = build(&start);
    uint64_t rows = auxv_find(&built, 8, J6_AT_HANDLES);
    assert_int_equal(rows % 8, 0);
    assert_int_equal(auxv_find(&built, 8, J6_AT_HANDLE_COUNT), 3);
    assert_memory_equal(at(&built, rows), start.rows, 3 * sizeof(*start.rows));
    free(built.bytes);
}

static void start_stack_without_strings_has_empty_lists(void **state)
{
    (void)state;
    struct start_stack start = example();
    start.argv = NULL;
    start.envp = NULL;
    struct built built = build(&start);
    assert_int_equal(word(&built, 0), 0);
    assert_int_equal(word(&built, 1), 0);
    assert_int_equal(word(&built, 2), 0);
    assert_int_equal(auxv_find(&built, 3, AT_PAGESZ), 4096);
    free(built.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_stack_size_is_a_multiple_of_16),
        cmocka_unit_test(start_stack_has_arguments_and_environment_in_order),
        cmocka_unit_test(start_stack_has_the_auxiliary_vector),
        cmocka_unit_test(start_stack_has_the_handle_table),
        cmocka_unit_test(start_stack_without_strings_has_empty_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: lib/elf.c lib/string.c tests/host/elf_file.c */
/*
 * The ELF reader: a good file, what it makes of it, and a list of files with one thing wrong each,
 * which must be refused for just that reason.
 */
#include "tests/host/elf_file.h"
#include <stdlib.h>
#include <string.h>
#include <test.h>
#include <test_random.h>

/* Reads from memory of exactly that size, so that the sanitizer sees a read beyond it. */
static enum elf_error read_exactly(const struct elf_file *file, size_t size,
                                   struct elf_image *image)
{
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, file->bytes, size);
    enum elf_error error = elf_read(copy, size, image);
    if (error == ELF_OK) {
        elf_image_check(image, copy, size);
    }
    free(copy);
    return error;
}

static struct elf_image read_good(const struct elf_file *file)
{
    struct elf_image image;
    assert_int_equal(read_exactly(file, sizeof(*file), &image), ELF_OK);
    return image;
}

static void elf_read_describes_a_static_program(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    struct elf_image image = read_good(&file);
    assert_false(image.pie);
    assert_int_equal(image.entry, 0x401208);
    assert_int_equal(image.low, 0x400000);
    assert_int_equal(image.high, 0x405000);
    assert_int_equal(image.align, 0x1000);
    assert_int_equal(image.phdr, 0x400040);
    assert_int_equal(image.phnum, ELF_FILE_HEADERS);
    assert_int_equal(image.segment_count, 3);
    const struct elf_segment *data = &image.segments[DATA];
    assert_int_equal(data->vaddr, 0x402220);
    assert_int_equal(data->mem_size, 0x2000);
    assert_int_equal(data->file_offset, 0x220);
    assert_int_equal(data->file_size, 0x10);
    assert_true(data->read && data->write && !data->exec);
    const struct elf_segment *code = &image.segments[CODE];
    assert_true(code->read && !code->write && code->exec);
    assert_int_equal(image.tls.vaddr, 0x402220);
    assert_int_equal(image.tls.file_size, 8);
    assert_int_equal(image.tls.mem_size, 0x18);
    assert_int_equal(image.tls.align, 8);
}

static void elf_read_describes_a_static_pie(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init_pie(&file);
    struct elf_image image = read_good(&file);
    assert_true(image.pie);
    assert_int_equal(image.entry, 0x1208);
    assert_int_equal(image.low, 0);
    assert_int_equal(image.high, 0x5000);
    assert_int_equal(image.phdr, 0x40);
}

static void elf_read_reports_the_largest_alignment(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init_pie(&file);
    file.segments[HEADERS].align = 0x200000;
    assert_int_equal(read_good(&file).align, 0x200000);
    file.segments[HEADERS].align = ELF_ALIGN_MAX;
    assert_int_equal(read_good(&file).align, ELF_ALIGN_MAX);
}

static void elf_read_ignores_segments_without_bytes(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    file.segments[STACK] = (struct elf_program_header){.type = ELF_PT_LOAD};
    assert_int_equal(read_good(&file).segment_count, 3);
}

static void elf_read_tells_programs_of_senary_from_others(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    assert_false(read_good(&file).native);
    file.segments[STACK].type = ELF_PT_SENARY;
    assert_true(read_good(&file).native);
}

static void elf_read_without_thread_local_data_says_so(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    file.segments[TLS].type = 0;
    assert_int_equal(read_good(&file).tls.mem_size, 0);
}

static void elf_read_takes_headers_that_no_segment_holds(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    file.segments[HEADERS].type = 0;
    assert_int_equal(read_good(&file).phdr, 0);
}

static void elf_read_gives_no_address_of_headers_that_a_segment_holds_in_part(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    file.segments[HEADERS].filesz = 0x157; /* they end at 0x158 */
    assert_int_equal(read_good(&file).phdr, 0);
    file.segments[HEADERS].filesz = 0x158;
    assert_int_equal(read_good(&file).phdr, 0x400040);
}

static void elf_read_takes_thread_local_data_of_any_alignment_up_to_a_page(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    file.segments[TLS].align = 0;
    assert_int_equal(read_good(&file).tls.align, 1);
    file.segments[TLS].align = 0x1000;
    assert_int_equal(read_good(&file).tls.align, 0x1000);
}

static void elf_read_takes_segments_in_any_order(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    struct elf_program_header headers = file.segments[HEADERS];
    file.segments[HEADERS] = file.segments[DATA];
    file.segments[DATA] = headers;
    struct elf_image image = read_good(&file);
    assert_int_equal(image.low, 0x400000);
    assert_int_equal(image.high, 0x405000);
    assert_int_equal(image.phdr, 0x400040);
}

static void elf_read_takes_a_program_of_one_segment(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    file.segments[0] = file.segments[CODE];
    file.segments[0].align = 1;
    file.header.phnum = 1;
    struct elf_image image = read_good(&file);
    assert_int_equal(image.segment_count, 1);
    assert_int_equal(image.low, 0x401000);
    assert_int_equal(image.high, 0x402000);
}

static void elf_read_tells_rights_as_they_are(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    file.segments[HEADERS].flags = 0;
    file.segments[CODE].flags = ELF_PF_X;
    file.segments[DATA].flags = ELF_PF_W;
    struct elf_image image = read_good(&file);
    const struct elf_segment *s = image.segments;
    assert_false(s[HEADERS].read || s[HEADERS].write || s[HEADERS].exec);
    assert_true(!s[CODE].read && !s[CODE].write && s[CODE].exec);
    assert_true(!s[DATA].read && s[DATA].write && !s[DATA].exec);
}

static void elf_read_allows_segments_up_to_the_ends_of_user_memory(void **state)
{
    (void)state;
    struct elf_file file;
    elf_file_init(&file);
    file.segments[HEADERS].vaddr = ELF_USER_START;
    file.segments[DATA].memsz = ELF_USER_END - file.segments[DATA].vaddr;
    struct elf_image image = read_good(&file);
    assert_int_equal(image.low, ELF_USER_START);
    assert_int_equal(image.high, ELF_USER_END);
    elf_file_init_pie(&file);
    file.segments[DATA].memsz = ELF_USER_END - ELF_USER_START - file.segments[DATA].vaddr;
    assert_int_equal(read_good(&file).high, ELF_USER_END - ELF_USER_START);
}

static void elf_read_allows_sixteen_segments(void **state)
{
    (void)state;
    struct {
        struct elf_file_header header;
        struct elf_program_header segments[ELF_SEGMENTS_MAX + 1];
    } file;
    struct elf_file small;
    struct elf_image image;
    elf_file_init(&small);
    file.header = small.header;
    for (unsigned i = 0; i <= ELF_SEGMENTS_MAX; i++) {
        file.segments[i] = small.segments[HEADERS];
        file.segments[i].flags = ELF_PF_R | ELF_PF_X;
        file.segments[i].memsz = 0x1000;
        file.segments[i].vaddr += i * 0x1000;
    }
    file.header.phnum = ELF_SEGMENTS_MAX;
    assert_int_equal(elf_read(&file, sizeof(file), &image), ELF_OK);
    assert_int_equal(image.segment_count, ELF_SEGMENTS_MAX);
    file.header.phnum++;
    assert_int_equal(elf_read(&file, sizeof(file), &image), ELF_TOO_MANY_SEGMENTS);
}

static void elf_read_truncated_at_each_byte_is_refused(void **state)
{
    (void)state;
    struct elf_file file;
    struct elf_image image;
    elf_file_init(&file);
    for (size_t size = 0; size < sizeof(file); size++) {
        assert_int_not_equal(read_exactly(&file, size, &image), ELF_OK);
    }
    assert_int_equal(read_exactly(&file, 63, &image), ELF_TRUNCATED);
    assert_int_equal(read_exactly(&file, 64, &image), ELF_HEADERS_OUTSIDE_FILE);
    assert_int_equal(read_exactly(&file, sizeof(file) - 1, &image), ELF_SEGMENT_OUTSIDE_FILE);
}

static void elf_read_keeps_its_promises_when_bits_flip(void **state)
{
    (void)state;
    for (int round = 0; round < 100000; round++) {
        struct elf_file file;
        struct elf_image image;
        if (round % 2 == 0) {
            elf_file_init(&file);
        } else {
            elf_file_init_pie(&file);
        }
        for (uint64_t flips = test_random_below(4) + 1; flips > 0; flips--) {
            file.bytes[test_random_below(sizeof(file))] ^= 1 << test_random_below(8);
        }
        read_exactly(&file, sizeof(file), &image);
    }
}

static void elf_error_text_has_a_text_for_every_error(void **state)
{
    (void)state;
    for (int error = ELF_OK; error < ELF_ERROR_COUNT; error++) {
        assert_non_null(elf_error_text((enum elf_error)error));
        assert_string_not_equal(elf_error_text((enum elf_error)error), "unknown error");
    }
    assert_string_equal(elf_error_text(ELF_ERROR_COUNT), "unknown error");
}

/* Name, the reason expected, what is done to the good file (f->header h, segments s). */
#define BAD_FILES(X)                                                                               \
    X(magic_of_another_format, BAD_MAGIC, h->magic[3] = 'G')                                       \
    X(class_of_32_bits, WRONG_CLASS, h->class = 1)                                                 \
    X(class_of_nothing, WRONG_CLASS, h->class = 0)                                                 \
    X(data_big_endian, WRONG_CLASS, h->data = 2)                                                   \
    X(ident_version_0, BAD_VERSION, h->ident_version = 0)                                          \
    X(version_2, BAD_VERSION, h->version = 2)                                                      \
    X(machine_i386, WRONG_MACHINE, h->machine = 3)                                                 \
    X(machine_aarch64, WRONG_MACHINE, h->machine = 183)                                            \
    X(type_none, WRONG_TYPE, h->type = 0)                                                          \
    X(type_relocatable, WRONG_TYPE, h->type = 1)                                                   \
    X(type_core, WRONG_TYPE, h->type = 4)                                                          \
    X(ehsize_52, BAD_HEADER_SIZE, h->ehsize = 52)                                                  \
    X(phentsize_0, BAD_HEADER_SIZE, h->phentsize = 0)                                              \
    X(phentsize_32, BAD_HEADER_SIZE, h->phentsize = 32)                                            \
    X(phentsize_57, BAD_HEADER_SIZE, h->phentsize = 57)                                            \
    X(phnum_0, NO_SEGMENTS, h->phnum = 0)                                                          \
    X(phnum_65535, TOO_MANY_SEGMENTS, h->phnum = 65535)                                            \
    X(phnum_65534, HEADERS_OUTSIDE_FILE, h->phnum = 65534)                                         \
    X(phnum_beyond_the_file, HEADERS_OUTSIDE_FILE, h->phnum = 9)                                   \
    X(phoff_at_the_end, HEADERS_OUTSIDE_FILE, h->phoff = sizeof(struct elf_file))                  \
    X(phoff_beyond_the_end, HEADERS_OUTSIDE_FILE, h->phoff = 1 << 20)                              \
    X(phoff_that_wraps, HEADERS_OUTSIDE_FILE, h->phoff = UINT64_MAX - 100)                         \
    X(phoff_negative, HEADERS_OUTSIDE_FILE, h->phoff = 1ull << 63)                                 \
    X(nothing_to_load, NO_SEGMENTS, s[0].type = s[1].type = s[2].type = 0)                         \
    X(interpreter, NEEDS_INTERPRETER, s[STACK].type = ELF_PT_INTERP)                               \
    X(filesz_above_memsz, FILE_LARGER_THAN_MEMORY, s[CODE].filesz = 0x21)                          \
    X(filesz_with_memsz_0, FILE_LARGER_THAN_MEMORY, s[CODE].memsz = 0)                             \
    X(filesz_beyond_the_file, SEGMENT_OUTSIDE_FILE, s[DATA].filesz = 0x11)                         \
    X(filesz_that_wraps, SEGMENT_OUTSIDE_FILE, s[DATA].filesz = s[DATA].memsz = UINT64_MAX - 8)    \
    X(offset_beyond_the_file, SEGMENT_OUTSIDE_FILE, s[DATA].offset += 0x1000)                      \
    X(offset_that_wraps, SEGMENT_OUTSIDE_FILE, s[DATA].offset = 0xfffffffffffff220)                \
    X(memsz_that_wraps, SEGMENT_OUTSIDE_USER, s[DATA].memsz = UINT64_MAX)                          \
    X(memsz_that_wraps_to_0, SEGMENT_OUTSIDE_USER, s[DATA].memsz = -s[DATA].vaddr)                 \
    X(memsz_beyond_user_memory, SEGMENT_OUTSIDE_USER,                                              \
      s[DATA].memsz = ELF_USER_END - s[DATA].vaddr + 1)                                            \
    X(vaddr_0, SEGMENT_OUTSIDE_USER, s[HEADERS].vaddr = 0)                                         \
    X(vaddr_below_user_memory, SEGMENT_OUTSIDE_USER, s[HEADERS].vaddr = 0xf000)                    \
    X(vaddr_at_the_end_of_user_memory, SEGMENT_OUTSIDE_USER, s[HEADERS].vaddr = ELF_USER_END)      \
    X(vaddr_above_user_memory, SEGMENT_OUTSIDE_USER, s[HEADERS].vaddr = ELF_USER_END + 0x1000)     \
    X(vaddr_not_canonical, SEGMENT_OUTSIDE_USER, s[HEADERS].vaddr = 1ull << 47)                    \
    X(vaddr_of_the_kernel, SEGMENT_OUTSIDE_USER, s[HEADERS].vaddr = 0xffffffff80000000)            \
    X(vaddr_in_the_last_page, SEGMENT_OUTSIDE_USER, s[HEADERS].vaddr = 0xfffffffffffff000)         \
    X(pie_beyond_its_room, SEGMENT_OUTSIDE_USER,                                                   \
      (h->type = ELF_TYPE_DYN, s[DATA].memsz = ELF_USER_END - ELF_USER_START - s[DATA].vaddr + 1)) \
    X(segment_twice, SEGMENTS_OVERLAP, s[STACK] = s[CODE])                                         \
    X(segment_inside_another, SEGMENTS_OVERLAP, s[HEADERS].memsz = 0x10000)                        \
    X(segments_that_share_a_byte, SEGMENTS_OVERLAP, s[HEADERS].memsz = 0x1201)                     \
    X(segments_that_share_a_page, SEGMENTS_OVERLAP, s[HEADERS].memsz = 0x1001)                     \
    X(segments_with_other_rights_in_one_page, SEGMENTS_OVERLAP, s[DATA].vaddr = 0x401220)          \
    X(segments_out_of_order_that_overlap, SEGMENTS_OVERLAP, s[DATA].vaddr = 0x3ff220)              \
    X(writable_and_executable, WRITABLE_AND_EXECUTABLE, s[CODE].flags |= ELF_PF_W)                 \
    X(everything_allowed, WRITABLE_AND_EXECUTABLE, s[DATA].flags = ~0u)                            \
    X(align_0, BAD_ALIGNMENT, s[CODE].align = 0)                                                   \
    X(align_3, BAD_ALIGNMENT, s[CODE].align = 3)                                                   \
    X(align_of_more_than_a_gigabyte, BAD_ALIGNMENT, s[CODE].align = 1ull << 31)                    \
    X(align_of_2_to_the_63, BAD_ALIGNMENT, s[CODE].align = 1ull << 63)                             \
    X(vaddr_and_offset_that_disagree, BAD_ALIGNMENT, s[CODE].vaddr += 8)                           \
    X(vaddr_and_offset_that_disagree_unaligned, BAD_ALIGNMENT,                                     \
      (s[CODE].align = 1, s[CODE].vaddr += 8))                                                     \
    X(vaddr_that_disagrees_with_align, BAD_ALIGNMENT, s[CODE].align = 0x4000)                      \
    X(tls_filesz_above_memsz, BAD_TLS, s[TLS].filesz = 0x19)                                       \
    X(tls_memsz_too_large, BAD_TLS, s[TLS].memsz = 1ull << 63)                                     \
    X(tls_align_3, BAD_TLS, s[TLS].align = 3)                                                      \
    X(tls_align_too_large, BAD_TLS, s[TLS].align = 0x2000)                                         \
    X(tls_twice, BAD_TLS, s[STACK] = s[TLS])                                                       \
    X(tls_in_no_segment, BAD_TLS, s[TLS].vaddr = 0x500000)                                         \
    X(tls_of_the_kernel, BAD_TLS, s[TLS].vaddr = 0xffffffff80000000)                               \
    X(tls_that_wraps, BAD_TLS, s[TLS].vaddr = UINT64_MAX)                                          \
    X(tls_behind_the_bytes_from_the_file, BAD_TLS, s[TLS].vaddr += 0x10)                           \
    X(entry_0, BAD_ENTRY, h->entry = 0)                                                            \
    X(entry_outside, BAD_ENTRY, h->entry = 0x700000)                                               \
    X(entry_right_behind_the_code, BAD_ENTRY, h->entry = 0x401220)                                 \
    X(entry_right_before_the_code, BAD_ENTRY, h->entry = 0x4011ff)                                 \
    X(entry_in_data, BAD_ENTRY, h->entry = 0x402220)                                               \
    X(entry_in_headers, BAD_ENTRY, h->entry = 0x400000)                                            \
    X(entry_of_the_kernel, BAD_ENTRY, h->entry = 0xffffffff80000000)                               \
    X(entry_in_the_last_byte, BAD_ENTRY, h->entry = UINT64_MAX)

#define BAD_FILE_TEST(name, reason, spoil)                                        \
    static void elf_read_refuses_##name(void **state)                             \
    {                                                                             \
        (void)state;                                                              \
        struct elf_file file;                                                     \
        struct elf_image image;                                                   \
        elf_file_init(&file);                                                     \
        struct elf_file_header *h = &file.header;                                 \
        struct elf_program_header *s = file.segments;                             \
        (void)h;                                                                  \
        (void)s;                                                                  \
        spoil;                                                                    \
        memset(&image, 0x5a, sizeof(image));                                      \
        struct elf_image untouched = image;                                       \
        enum elf_error error = read_exactly(&file, sizeof(file), &image);         \
        assert_string_equal(elf_error_text(error), elf_error_text(ELF_##reason)); \
        assert_memory_equal(&image, &untouched, sizeof(image));                   \
    }
BAD_FILES(BAD_FILE_TEST)

#define BAD_FILE_ENTRY(name, reason, spoil) cmocka_unit_test(elf_read_refuses_##name),

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elf_read_describes_a_static_program),
        cmocka_unit_test(elf_read_describes_a_static_pie),
        cmocka_unit_test(elf_read_reports_the_largest_alignment),
        cmocka_unit_test(elf_read_ignores_segments_without_bytes),
        cmocka_unit_test(elf_read_tells_programs_of_senary_from_others),
        cmocka_unit_test(elf_read_without_thread_local_data_says_so),
        cmocka_unit_test(elf_read_takes_headers_that_no_segment_holds),
        cmocka_unit_test(elf_read_gives_no_address_of_headers_that_a_segment_holds_in_part),
        cmocka_unit_test(elf_read_takes_thread_local_data_of_any_alignment_up_to_a_page),
        cmocka_unit_test(elf_read_takes_segments_in_any_order),
        cmocka_unit_test(elf_read_takes_a_program_of_one_segment),
        cmocka_unit_test(elf_read_tells_rights_as_they_are),
        cmocka_unit_test(elf_read_allows_segments_up_to_the_ends_of_user_memory),
        cmocka_unit_test(elf_read_allows_sixteen_segments),
        cmocka_unit_test(elf_read_truncated_at_each_byte_is_refused),
        cmocka_unit_test(elf_read_keeps_its_promises_when_bits_flip),
        cmocka_unit_test(elf_error_text_has_a_text_for_every_error),
        BAD_FILES(BAD_FILE_ENTRY)};
    test_random_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

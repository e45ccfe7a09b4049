/* SPDX-License-Identifier: MIT */
/*
 * What of an ELF file a program gets: each test makes a file whose every other byte is FILLER, starts
 * it, and looks at all pages of its segments from outside.
 */
#include "lib/elf_format.h"
#include "lib/string.h"
#include "userland/test/main/memory.h"

enum { FILE_PAGES = 8, FILLER = 0x5a, SEGMENTS_MAX = 8 };

/* A program at far_place() that loops, and its file. */
struct made {
    j6_handle_t file;
    unsigned count;
    struct elf_program_header segments[SEGMENTS_MAX];
};

static char byte_at(uint64_t offset)
{
    return (char)(offset * 7 + offset / PAGE);
}

static void file_put(j6_handle_t file, uint64_t offset, const void *data, uint64_t len)
{
    expect_ok(j6_vma_write(file, offset, data, &len));
}

/* With `memory` bytes at that place behind far_place(), the first `len` of them from the file. */
static void add_segment(struct made *made, uint32_t flags, uint64_t offset, uint64_t place,
                        uint64_t len, uint64_t memory)
{
    static char bytes[FILE_PAGES * PAGE];
    made->segments[made->count++] = (struct elf_program_header){
        ELF_PT_LOAD, flags, offset, far_place() + place, 0, len, memory, PAGE,
    };
    for (uint64_t i = 0; i < len; i++) {
        bytes[i] = byte_at(offset + i);
    }
    file_put(made->file, offset, bytes, len);
}

static void begin(struct made *made)
{
    static char filler[FILE_PAGES * PAGE];
    memset(filler, FILLER, sizeof(filler));
    made->file = area_new(FILE_PAGES, 0);
    made->count = 0;
    file_put(made->file, 0, filler, sizeof(filler));
}

/* The segments' headers, and the one that makes it a program of Senary's. */
static uint64_t headers_size(const struct made *made)
{
    return (made->count + 1) * sizeof(struct elf_program_header);
}

static void headers_put(const struct made *made, uint64_t offset)
{
    const struct elf_program_header mark = {.type = ELF_PT_SENARY};
    file_put(made->file, offset, made->segments, headers_size(made) - sizeof(mark));
    file_put(made->file, offset + headers_size(made) - sizeof(mark), &mark, sizeof(mark));
}

/* Lets it start with a loop at an offset of the file that is this far behind far_place(). */
static void end(struct made *made, uint64_t code, uint64_t place)
{
    static const uint8_t loop[] = {0xf3, 0x90, 0xeb, 0xfc}; /* 1: pause; jmp 1b */
    const struct elf_file_header header = {
        .magic = {0x7f, 'E', 'L', 'F'},
        .class = ELF_CLASS_64,
        .data = ELF_DATA_LITTLE,
        .ident_version = ELF_VERSION_CURRENT,
        .type = ELF_TYPE_EXEC,
        .machine = ELF_MACHINE_X86_64,
        .version = ELF_VERSION_CURRENT,
        .entry = far_place() + place,
        .phoff = sizeof(struct elf_file_header),
        .ehsize = sizeof(struct elf_file_header),
        .phentsize = sizeof(struct elf_program_header),
        .phnum = (uint16_t)(made->count + 1),
    };
    file_put(made->file, 0, &header, sizeof(header));
    headers_put(made, sizeof(header));
    file_put(made->file, code, loop, sizeof(loop));
}

/* Its segments' pages of the file are apart: only the second ends with a page. */
static void make_apart(struct made *made)
{
    begin(made);
    add_segment(made, ELF_PF_R | ELF_PF_X, PAGE + 0x100, PAGE + 0x100, 0x300, 0x300);
    add_segment(made, ELF_PF_R, 2 * PAGE, 3 * PAGE, 2 * PAGE, 2 * PAGE);
    add_segment(made, ELF_PF_R | ELF_PF_W, 4 * PAGE + 0x10, 7 * PAGE + 0x10, PAGE + 0x20,
                3 * PAGE + 7);
    end(made, PAGE + 0x100, PAGE + 0x100);
}

/* Its segments lie side by side in one page of the file; the last has no bytes there. */
static void make_packed(struct made *made)
{
    begin(made);
    add_segment(made, ELF_PF_R | ELF_PF_X, PAGE + 0x100, PAGE + 0x100, 0x80, 0x80);
    add_segment(made, ELF_PF_R | ELF_PF_W, PAGE + 0x180, 3 * PAGE + 0x180, 0x41, 0x41);
    add_segment(made, ELF_PF_R, PAGE + 0x1c1, 5 * PAGE + 0x1c1, PAGE, 2 * PAGE);
    add_segment(made, ELF_PF_R | ELF_PF_W, 0, 100 * PAGE, 0, PAGE);
    end(made, PAGE + 0x100, PAGE + 0x100);
}

static j6_handle_t start(const struct made *made)
{
    j6_handle_t process = 0;
    expect_ok(j6_spawn(made->file, "made", NULL, NULL, NULL, 0, &process));
    return process;
}

/* What a byte of a segment's pages must be; the four of the loop aside. */
static char wanted_at(const struct elf_program_header *segment, uint64_t address)
{
    bool inside = address >= segment->vaddr && address - segment->vaddr < segment->filesz;
    return inside ? byte_at(segment->offset + (address - segment->vaddr)) : 0;
}

static bool is_right(const char *page, const struct elf_program_header *segment, uint64_t address)
{
    bool code = segment->flags & ELF_PF_X;
    for (uint64_t i = 0; i < PAGE; i++) {
        bool loop = code && address + i - segment->vaddr < 4;
        if (!loop && page[i] != wanted_at(segment, address + i)) {
            return false;
        }
    }
    return true;
}

/* Its memory is the bytes of its segments, and zeros around them. */
static void expect_loaded(j6_handle_t process, const struct made *made)
{
    static char page[PAGE];
    for (unsigned i = 0; i < made->count; i++) {
        const struct elf_program_header *segment = &made->segments[i];
        uint64_t at = segment->vaddr & -(uint64_t)PAGE;
        for (; at < segment->vaddr + segment->memsz; at += PAGE) {
            uint64_t len = PAGE;
            expect_ok(j6_process_read(process, at, page, &len));
            expect(is_right(page, segment, at));
        }
        uint64_t len = 1;
        expect_status(j6_err_bad_address, j6_process_read(process, at, page, &len));
    }
}

static void file_get(const struct made *made, char content[FILE_PAGES * PAGE])
{
    uint64_t len = FILE_PAGES * PAGE;
    expect_ok(j6_vma_read(made->file, 0, content, &len));
}

static void expect_starts(void (*make)(struct made *made))
{
    static char before[FILE_PAGES * PAGE];
    static char behind[FILE_PAGES * PAGE];
    struct made made;
    make(&made);
    file_get(&made, before);
    j6_handle_t process = start(&made);
    expect_loaded(process, &made);
    process_end(process);
    file_get(&made, behind);
    expect_equal(0, memcmp(before, behind, sizeof(before)));
    expect_ok(j6_handle_close(made.file));
}

SAMPLE_TEST(a_program_gets_the_bytes_of_its_segments_and_zeros_around_them)
{
    expect_starts(make_apart);
}

TEST(segments_that_share_a_page_of_the_file_see_nothing_of_each_other)
{
    expect_starts(make_packed);
}

TEST(two_programs_of_one_file_do_not_see_what_the_other_writes)
{
    struct made made;
    make_apart(&made);
    j6_handle_t one = start(&made);
    j6_handle_t other = start(&made);
    const uint64_t data = made.segments[2].vaddr;
    const char before = byte_at(made.segments[2].offset);
    process_put(one, data, 1);
    process_put(one, data + 2 * PAGE, 2); /* beyond the bytes from the file */
    process_put(other, data, 3);
    expect_equal(1, process_get(one, data));
    expect_equal(3, process_get(other, data));
    expect_equal(0, process_get(other, data + 2 * PAGE));
    expect_equal(before, area_get(made.file, made.segments[2].offset));
    process_end(one);
    process_end(other);
    expect_ok(j6_handle_close(made.file));
}

TEST(a_program_keeps_its_bytes_when_its_file_is_written_to_and_closed)
{
    struct made made;
    make_apart(&made);
    j6_handle_t process = start(&made);
    for (uint64_t page = 0; page < FILE_PAGES; page++) {
        for (uint64_t i = 0; i < PAGE; i += 0x40) {
            area_put(made.file, page * PAGE + i, 1);
        }
    }
    expect_loaded(process, &made);
    expect_ok(j6_handle_close(made.file));
    expect_loaded(process, &made);
    process_end(process);
}

TEST(a_file_that_somebody_may_always_write_to_can_be_started)
{
    struct made made;
    make_apart(&made);
    char *memory = area_map(made.file, READ_WRITE | j6_map_fixed_size);
    j6_handle_t process = start(&made);
    memset(memory + PAGE, 1, (FILE_PAGES - 1) * PAGE);
    expect_loaded(process, &made);
    process_end(process);
    area_unmap(made.file, memory);
    expect_ok(j6_handle_close(made.file));
}

TEST(a_program_may_be_started_by_who_can_only_read_its_file)
{
    struct made made;
    make_packed(&made);
    j6_handle_t narrow = narrowed(made.file, j6_right_vma_read);
    j6_handle_t none = without(made.file, j6_right_vma_read);
    j6_handle_t process;
    expect_status(j6_err_denied, j6_spawn(none, "made", NULL, NULL, NULL, 0, &process));
    expect_ok(j6_spawn(narrow, "made", NULL, NULL, NULL, 0, &process));
    expect_loaded(process, &made);
    process_end(process);
    expect_ok(j6_handle_close(narrow));
    expect_ok(j6_handle_close(none));
    expect_ok(j6_handle_close(made.file));
}

/* Eight headers and more don't fit into what is read of a file at first. */
TEST(a_program_may_have_its_headers_anywhere_in_the_first_page)
{
    struct made made;
    make_packed(&made);
    const uint64_t phoff = PAGE - headers_size(&made);
    headers_put(&made, phoff);
    file_put(made.file, offsetof(struct elf_file_header, phoff), &phoff, sizeof(phoff));
    j6_handle_t process = start(&made);
    expect_loaded(process, &made);
    process_end(process);
    const uint64_t beyond = phoff + 1;
    file_put(made.file, offsetof(struct elf_file_header, phoff), &beyond, sizeof(beyond));
    expect_status(j6_err_invalid_arg, j6_spawn(made.file, "made", NULL, NULL, NULL, 0, &process));
    expect_ok(j6_handle_close(made.file));
}

/* One fault each; with it, the file can't be started, and nothing is left of the attempt. */
TEST(a_damaged_program_cannot_be_spawned)
{
    static const struct {
        uint64_t filesz, memsz;
        uint32_t flags;
        j6_status_t status;
    } faults[] = {
        {FILE_PAGES * PAGE, FILE_PAGES * PAGE, ELF_PF_R, j6_err_out_of_range}, /* beyond the file */
        {~0ull, ~0ull, ELF_PF_R, j6_err_invalid_arg},
        {PAGE + 1, PAGE, ELF_PF_R, j6_err_invalid_arg},
        {PAGE, PAGE, ELF_PF_R | ELF_PF_W | ELF_PF_X, j6_err_invalid_arg},
        {PAGE, 1ull << 47, ELF_PF_R, j6_err_invalid_arg},
    };
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        struct made made;
        j6_handle_t process = 0;
        make_packed(&made);
        made.segments[2].filesz = faults[i].filesz;
        made.segments[2].memsz = faults[i].memsz;
        made.segments[2].flags = faults[i].flags;
        end(&made, PAGE + 0x100, PAGE + 0x100);
        expect_status(faults[i].status, j6_spawn(made.file, "made", NULL, NULL, NULL, 0, &process));
        expect_ok(j6_handle_close(made.file));
    }
}

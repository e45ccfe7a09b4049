/* SPDX-License-Identifier: MIT */
#include "tests/host/elf_file.h"
#include "kernel/base/assert.h"
#include <string.h>

void elf_file_init(struct elf_file *file)
{
    const uint64_t base = 0x400000;
    memset(file, 0, sizeof(*file));
    file->header = (struct elf_file_header){
        .magic = {0x7f, 'E', 'L', 'F'},
        .class = ELF_CLASS_64,
        .data = ELF_DATA_LITTLE,
        .ident_version = ELF_VERSION_CURRENT,
        .type = ELF_TYPE_EXEC,
        .machine = ELF_MACHINE_X86_64,
        .version = ELF_VERSION_CURRENT,
        .entry = base + 0x1208,
        .phoff = sizeof(struct elf_file_header),
        .ehsize = sizeof(struct elf_file_header),
        .phentsize = sizeof(struct elf_program_header),
        .phnum = ELF_FILE_HEADERS,
    };
    file->segments[HEADERS] = (struct elf_program_header){
        ELF_PT_LOAD, ELF_PF_R, 0, base, 0, 0x200, 0x200, 0x1000,
    };
    file->segments[CODE] = (struct elf_program_header){
        ELF_PT_LOAD, ELF_PF_R | ELF_PF_X, 0x200, base + 0x1200, 0, 0x20, 0x20, 0x1000,
    };
    file->segments[DATA] = (struct elf_program_header){
        ELF_PT_LOAD, ELF_PF_R | ELF_PF_W, 0x220, base + 0x2220, 0, 0x10, 0x2000, 0x1000,
    };
    file->segments[TLS] = (struct elf_program_header){
        ELF_PT_TLS, ELF_PF_R, 0x220, base + 0x2220, 0, 8, 0x18, 8,
    };
    const uint32_t gnu_stack = 0x6474e551;
    file->segments[STACK] = (struct elf_program_header){
        gnu_stack, ELF_PF_R | ELF_PF_W, 0, 0, 0, 0, 0, 16,
    };
}

void elf_file_init_pie(struct elf_file *file)
{
    elf_file_init(file);
    file->header.type = ELF_TYPE_DYN;
    file->header.entry -= 0x400000;
    for (int i = 0; i <= TLS; i++) {
        file->segments[i].vaddr -= 0x400000;
    }
}

static uint64_t pages_end(const struct elf_segment *segment)
{
    return (segment->vaddr + segment->mem_size + 4095) / 4096;
}

static void check_segment(const struct elf_image *image, const struct elf_segment *segment,
                          const uint8_t *data, size_t size)
{
    uint64_t end;
    assert(segment->mem_size >= 1 && segment->file_size <= segment->mem_size);
    assert(!__builtin_add_overflow(segment->file_offset, segment->file_size, &end) && end <= size);
    assert(!__builtin_add_overflow(segment->vaddr, segment->mem_size, &end));
    assert(image->low <= segment->vaddr && end <= image->high);
    assert(!(segment->write && segment->exec));
    assert(segment->vaddr % 4096 == segment->file_offset % 4096);
    for (const struct elf_segment *other = image->segments; other < segment; other++) {
        assert(pages_end(other) <= segment->vaddr / 4096 ||
               pages_end(segment) <= other->vaddr / 4096);
    }
    uint8_t sum = 0;
    for (uint64_t i = 0; i < segment->file_size; i++) {
        sum += data[segment->file_offset + i]; /* the sanitizer sees a read that is outside */
    }
    volatile uint8_t used = sum;
    (void)used;
}

void elf_image_check(const struct elf_image *image, const void *data, size_t size)
{
    bool entry_found = false;
    uint64_t base = image->pie ? ELF_USER_START : 0;
    assert(image->segment_count >= 1 && image->segment_count <= ELF_SEGMENTS_MAX);
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        check_segment(image, segment, data, size);
        entry_found |= segment->exec && image->entry - segment->vaddr < segment->mem_size;
    }
    assert(entry_found);
    assert(image->low % 4096 == 0 && image->high % 4096 == 0 && image->low < image->high);
    assert(image->low + base >= ELF_USER_START && image->high + base <= ELF_USER_END);
    assert(image->align >= 4096 && (image->align & (image->align - 1)) == 0);
    assert(image->tls.file_size <= image->tls.mem_size);
    assert(image->phdr == 0 || (image->phdr >= image->low && image->phdr < image->high));
}

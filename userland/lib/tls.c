/* SPDX-License-Identifier: MIT */
/* Blocks of thread-local variables, as tls.h describes them. */
#include "userland/lib/tls.h"
#include "lib/bits.h"
#include "lib/elf_format.h"
#include "lib/string.h"
#include <cpuid.h>
#include <j6/j6.h>

enum { CPUID_FEATURES = 7, CPUID_EBX_FSGSBASE = 1 << 0, END_ALIGN = 16 };

extern const char __ehdr_start[] __attribute__((visibility("hidden"))); /* linked at 0 */

/* Immutable after tls_init. */
static struct {
    const char *bytes;
    size_t file_size;
    size_t mem_size; /* a multiple of the alignment */
    size_t align;
    bool fsgsbase; /* a thread can set its FS base itself */
} image = {.align = END_ALIGN};

static void image_take(const struct elf_program_header *header)
{
    image.bytes = __ehdr_start + header->vaddr;
    image.file_size = header->filesz;
    image.align = header->align > END_ALIGN ? header->align : END_ALIGN;
    image.mem_size = align_up(header->memsz, header->align > 1 ? header->align : 1);
}

void tls_init(void)
{
    const struct elf_file_header *file = (const struct elf_file_header *)__ehdr_start;
    const struct elf_program_header *header =
        (const struct elf_program_header *)(__ehdr_start + file->phoff);
    for (size_t i = 0; i < file->phnum; i++) {
        if (header[i].type == ELF_PT_TLS) {
            image_take(&header[i]);
        }
    }
    unsigned eax, ebx, ecx, edx;
    image.fsgsbase =
        __get_cpuid_count(CPUID_FEATURES, 0, &eax, &ebx, &ecx, &edx) && (ebx & CPUID_EBX_FSGSBASE);
}

size_t tls_size(void)
{
    return align_up(image.mem_size + sizeof(struct tls_end) + image.align, END_ALIGN);
}

struct tls_end *tls_make(void *memory)
{
    uint64_t last = (uint64_t)memory + tls_size() - sizeof(struct tls_end);
    struct tls_end *end = (struct tls_end *)align_down(last, image.align);
    memcpy((char *)end - image.mem_size, image.bytes, image.file_size);
    end->self = end;
    return end;
}

/* A CPU without FSGSBASE leaves that to the kernel. */
void tls_use(struct tls_end *end)
{
    if (image.fsgsbase) {
        __asm__ volatile("wrfsbase %0" : : "r"(end) : "memory");
    } else {
        j6_thread_control(j6_handle_self_thread, j6_control_tls_base, &end, sizeof(end));
    }
}

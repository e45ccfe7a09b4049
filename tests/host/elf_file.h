/* SPDX-License-Identifier: MIT */
/*
 * A small ELF file to be spoilt: a static program of three segments and thread-local data, packed
 * into 560 bytes, of which the last belongs to the last segment.
 *
 *     0x000  file header, program headers    0x400000 r
 *     0x200  code                            0x401200 rx   entry 0x401208
 *     0x220  data, thread-local template     0x402220 rw
 */
#pragma once
#include "lib/elf.h"
#include "lib/elf_format.h"

enum { HEADERS, CODE, DATA, TLS, STACK, ELF_FILE_HEADERS };

struct elf_file {
    union {
        struct {
            struct elf_file_header header;
            struct elf_program_header segments[ELF_FILE_HEADERS];
        };
        uint8_t bytes[0x230];
    };
};

void elf_file_init(struct elf_file *file);
void elf_file_init_pie(struct elf_file *file);

/* Ends the program unless the image keeps all that lib/elf.h promises for a file of that size. */
void elf_image_check(const struct elf_image *image, const void *data, size_t size);

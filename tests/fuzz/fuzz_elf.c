/* SPDX-License-Identifier: MIT */
/* SOURCES: lib/elf.c lib/string.c tests/host/elf_file.c */
/* Any bytes at all as a program: what is let through keeps the reader's promises. */
#include "tests/host/elf_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct elf_image image;
    if (elf_read(data, size, &image) == ELF_OK) {
        elf_image_check(&image, data, size);
    }
    return 0;
}

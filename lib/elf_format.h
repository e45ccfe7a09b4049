/* SPDX-License-Identifier: MIT */
/* What stands in an ELF64 file: System V gABI, chapters 4 and 5, and the x86-64 psABI. */
#pragma once
#include <stdint.h>

/* gABI, figure 4-3. */
struct elf_file_header {
    uint8_t magic[4];
    uint8_t class;
    uint8_t data;
    uint8_t ident_version;
    uint8_t abi[9];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t phoff;
    uint64_t shoff;
    uint32_t flags;
    uint16_t ehsize;
    uint16_t phentsize;
    uint16_t phnum;
    uint16_t shentsize;
    uint16_t shnum;
    uint16_t shstrndx;
};

enum {
    ELF_CLASS_64 = 2,
    ELF_DATA_LITTLE = 1,
    ELF_VERSION_CURRENT = 1,
    ELF_TYPE_EXEC = 2,
    ELF_TYPE_DYN = 3,
    ELF_MACHINE_X86_64 = 62,
    ELF_PHNUM_EXTENDED = 0xffff, /* the number stands in a section header */
};

/* gABI, figure 5-1. */
struct elf_program_header {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t vaddr;
    uint64_t paddr;
    uint64_t filesz;
    uint64_t memsz;
    uint64_t align;
};

enum {
    ELF_PT_LOAD = 1,
    ELF_PT_INTERP = 3,
    ELF_PT_TLS = 7,
    ELF_PT_SENARY = 0x6a360001, /* of the range that is left to systems */
};

enum {
    ELF_PF_X = 1,
    ELF_PF_W = 2,
    ELF_PF_R = 4,
};

_Static_assert(sizeof(struct elf_file_header) == 64, "ELF64 file header");
_Static_assert(sizeof(struct elf_program_header) == 56, "ELF64 program header");

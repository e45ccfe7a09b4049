/* SPDX-License-Identifier: MIT */
/*
 * How a process starts: the auxiliary vector entries beyond the System V ones, the table of start
 * handles that J6_AT_HANDLES points at, and the boot description that init gets (role `boot`).
 */
#pragma once
#include <j6/types.h>
#include <stdint.h>

#define J6_AT_HANDLES      0x6a360001
#define J6_AT_HANDLE_COUNT 0x6a360002
#define J6_AT_SYSINFO      0x6a360003

enum {
    j6_start_self = 1,    /* the handle names the process or a thread of it */
    j6_start_other = 2,   /* the handle names something that was given to it */
    j6_start_segment = 3, /* it names an area that a program of another system lies in */
};

struct j6_start_handle {
    uint32_t kind; /* j6_start_… */
    uint32_t type; /* j6_type_… */
    char role[24]; /* padded with NUL; of a segment, struct j6_start_mapping */
    j6_handle_t handle;
};

/* How a segment is mapped. */
struct j6_start_mapping {
    uint64_t address; /* and j6_map_… in its lowest bits, so that it is no role's name */
    uint64_t len;
    uint64_t offset; /* in the area */
};

/* A picture in memory; width 0 when there is none. */
struct j6_framebuffer {
    uint64_t address; /* physical */
    uint32_t width;   /* pixels */
    uint32_t height;
    uint32_t pitch; /* bytes from line to line */
    uint32_t bits_per_pixel;
    uint8_t red_position;
    uint8_t red_size;
    uint8_t green_position;
    uint8_t green_size;
    uint8_t blue_position;
    uint8_t blue_size;
    uint8_t zero[2];
};

enum {
    j6_boot_modules_max = 64,
    j6_boot_name_len = 32,
    j6_boot_command_line_len = 1024,
};

/* What the boot loader told the kernel, in the area with the role `boot`. */
struct j6_boot_info {
    struct j6_framebuffer framebuffer;
    uint32_t rsdp_len;        /* 0: the boot loader found no ACPI root pointer */
    uint8_t rsdp[36];         /* its bytes, unchecked */
    uint64_t entry_tsc;       /* time-stamp counter when the kernel was entered */
    uint64_t frames_at_start; /* free when the first process was made */
    uint64_t module_count;
    char command_line[j6_boot_command_line_len];
    char module_names[j6_boot_modules_max]
                     [j6_boot_name_len];        /* in the order of the rows `module` */
    uint64_t module_sizes[j6_boot_modules_max]; /* bytes */
};

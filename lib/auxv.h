/* SPDX-License-Identifier: MIT */
/* The numbers of the System V auxiliary vector that this system uses, besides <j6/start.h>. */
#pragma once

enum {
    AT_NULL = 0,
    AT_PHDR = 3,
    AT_PHENT = 4,
    AT_PHNUM = 5,
    AT_PAGESZ = 6,
    AT_ENTRY = 9,
    AT_SECURE = 23,
    AT_RANDOM = 25,
    AT_EXECFN = 31,
};

/* SPDX-License-Identifier: MIT */
/*
 * What init itself was given. The first process has it from the kernel; another init, which looks after
 * services of its own, from whoever started it:
 *
 *   system     the system object, or a part of it; none is needed by services that get nothing of it
 *   archive    the boot archive, in place of the module `boot.tar`
 *   manifest   the text, up to the first 0, in place of the archive's file etc/services
 *   endpoint   where it is asked for names and services (<proto/names.h>, <proto/services.h>); who asks with
 *              a handle without a badge may all of it
 */
#pragma once
#include <j6/j6.h>

/* A copy of a file of the archive, as j6_archive_clone has it. not_found, invalid_arg. */
J6_MUST_USE j6_status_t inputs_file(const char *path, j6_handle_t *out_file);

/* The area of a boot module; 0: there is none. */
j6_handle_t inputs_module(const char *name);

/* The manifest's bytes, which may be written to, and one more. */
J6_MUST_USE j6_status_t inputs_manifest(char **out_text, size_t *out_len);

/* NULL: there is none. */
const struct j6_framebuffer *inputs_framebuffer(void);

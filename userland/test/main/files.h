/* SPDX-License-Identifier: MIT */
/* The file service (userland/bin/files) in a process of its own, and what its tests do often. */
#pragma once
#include "userland/test/main/look.h"
#include <proto/files.h>

struct file_service {
    j6_handle_t endpoint;
    j6_handle_t process;
};

/*
 * Starts one on the boot archive, or on that; its endpoint, which asks as the first client of all.
 */
j6_handle_t files_begin(struct file_service *service);
j6_handle_t files_begin_limited(struct file_service *service, const char *open, const char *bytes);
j6_handle_t files_begin_small(struct file_service *service); /* with little memory */
j6_handle_t files_begin_on(struct file_service *service, j6_handle_t archive);

/* Closes its endpoint, and expects that it ends well, with that code. */
void files_end(struct file_service *service);

/* What it has left of the memory that it may use. */
uint64_t files_memory(const struct file_service *service);

/* ---- each expects that it goes well ---------------------------------------------------------- */

j6_handle_t file_open(j6_handle_t at, const char *path, uint64_t flags);

/* Makes a file with that text, in place of what it had. */
void file_make(j6_handle_t at, const char *path, const char *text);
void file_write(j6_handle_t file, uint64_t offset, const char *text);
uint64_t file_size(j6_handle_t at, const char *path);

/* A client that has the whole tree for its top. */
j6_handle_t client_new(j6_handle_t at, uint64_t flags, uint64_t open, uint64_t bytes);

/* Expects that the file has that text, and no more. */
void expect_file(j6_handle_t at, const char *path, const char *text);

/* Is something there? */
bool file_is_there(j6_handle_t at, const char *path);

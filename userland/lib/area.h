/* SPDX-License-Identifier: MIT */
/* Bytes of areas that aren't mapped: all of a range, or a status that says why not. */
#pragma once
#include <j6/status.h>
#include <j6/types.h>
#include <stdint.h>

J6_MUST_USE j6_status_t area_read(j6_handle_t area, uint64_t offset, void *buf, uint64_t len);
J6_MUST_USE j6_status_t area_write(j6_handle_t area, uint64_t offset, const void *data,
                                   uint64_t len);

/* SPDX-License-Identifier: MIT */
/* Names, and where links lead: bytes with a 0 behind them, of at most files_path_max. */
#pragma once
#include <j6/status.h>
#include <stddef.h>

J6_MUST_USE j6_status_t text_init(void);

/* A copy. quota, no_memory. */
J6_MUST_USE j6_status_t text_new(const char *bytes, size_t len, char **out_text);
void text_free(char *text, size_t len);

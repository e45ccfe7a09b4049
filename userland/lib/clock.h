/* SPDX-License-Identifier: MIT */
/* Where j6_clock reads. */
#pragma once
#include <j6/clock.h>

/* From now on this page; NULL: one that says that nothing is to be trusted. */
void clock_page_set(const struct j6_clock_page *page);

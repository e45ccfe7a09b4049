/* SPDX-License-Identifier: MIT */
/* Zeroed pages for page tables; handed out through arch/upcall.h. */
#pragma once

/* Gives this CPU's pages back to the frame allocator. */
void table_pool_drain(void);

/* SPDX-License-Identifier: MIT */
/* Memory as a whole. */
#pragma once

/* Brings what this CPU's caches hold back to the frame allocator, so that counts are exact. */
void memory_drain(void);

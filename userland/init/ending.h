/* SPDX-License-Identifier: MIT */
/* The end of the system: its services end one after the other, then it is switched off or reset. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Ends all services, then the system. */
void ending_begin(uint64_t action);
bool ending_has_begun(void);

/* Has the next service end, if the one before has; without any more, the system ends. */
void ending_go_on(void);

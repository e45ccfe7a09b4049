/* SPDX-License-Identifier: MIT */
/*
 * Rights that a handle carries, as masks at their place in the handle value (bits 40 to 59).
 * Bits 40 to 47 mean the same for every type, bits from 48 on belong to the handle's type.
 */
#pragma once
#include <stdint.h>

#define J6_RIGHT(bit) (1ull << (bit))

/* Common to all types. */
static const uint64_t j6_right_duplicate = J6_RIGHT(40);
static const uint64_t j6_right_transfer = J6_RIGHT(41);
static const uint64_t j6_right_wait = J6_RIGHT(42);
static const uint64_t j6_right_signal = J6_RIGHT(43);
static const uint64_t j6_right_info = J6_RIGHT(44);
static const uint64_t j6_right_close = J6_RIGHT(45);

static const uint64_t j6_right_system_restrict = J6_RIGHT(48);

static const uint64_t j6_right_channel_send = J6_RIGHT(48);
static const uint64_t j6_right_channel_receive = J6_RIGHT(49);

static const uint64_t j6_right_endpoint_send = J6_RIGHT(48);
static const uint64_t j6_right_endpoint_receive = J6_RIGHT(49);
static const uint64_t j6_right_endpoint_badge = J6_RIGHT(50);

static const uint64_t j6_right_vma_map = J6_RIGHT(48);
static const uint64_t j6_right_vma_read = J6_RIGHT(49);
static const uint64_t j6_right_vma_write = J6_RIGHT(50);
static const uint64_t j6_right_vma_exec = J6_RIGHT(51);
static const uint64_t j6_right_vma_resize = J6_RIGHT(52);

static const uint64_t j6_right_process_kill = J6_RIGHT(48);
static const uint64_t j6_right_process_start = J6_RIGHT(49);
static const uint64_t j6_right_process_give = J6_RIGHT(50);
static const uint64_t j6_right_process_map = J6_RIGHT(51);
static const uint64_t j6_right_process_debug = J6_RIGHT(52);

static const uint64_t j6_right_thread_kill = J6_RIGHT(48);
static const uint64_t j6_right_thread_control = J6_RIGHT(49);
static const uint64_t j6_right_thread_debug = J6_RIGHT(50);

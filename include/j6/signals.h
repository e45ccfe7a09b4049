/* SPDX-License-Identifier: MIT */
/*
 * The 64-bit signal word of an object, as masks. Bits 0 to 15 mean the same for every type, 16 to
 * 47 belong to the type, 48 to 63 are the users': object_signal touches these alone.
 */
#pragma once
#include <stdint.h>

#define J6_SIGNAL(bit) (1ull << (bit))

static const uint64_t j6_signal_no_handles = J6_SIGNAL(0);
static const uint64_t j6_signal_closed = J6_SIGNAL(1);

static const uint64_t j6_signal_system_has_log = J6_SIGNAL(16);
static const uint64_t j6_signal_event_timer = J6_SIGNAL(16);
static const uint64_t j6_signal_channel_can_send = J6_SIGNAL(16);
static const uint64_t j6_signal_channel_can_recv = J6_SIGNAL(17);
static const uint64_t j6_signal_channel_wanted = J6_SIGNAL(18);
static const uint64_t j6_signal_endpoint_can_send = J6_SIGNAL(16);
static const uint64_t j6_signal_endpoint_can_recv = J6_SIGNAL(17);
static const uint64_t j6_signal_process_faulted = J6_SIGNAL(16);

static const uint64_t j6_signal_user_mask = 0xffffull << 48;

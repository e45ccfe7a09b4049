/* SPDX-License-Identifier: MIT */
/* The I/O ports that system_grant_ports has granted to this process. Using any other is a fault. */
#pragma once
#include <stdint.h>

#define J6_PORT_WIDTH(bits, suffix)                                                    \
    static inline uint##bits##_t j6_port_read##bits(uint16_t port)                     \
    {                                                                                  \
        uint##bits##_t value;                                                          \
        __asm__ volatile("in" suffix " %1, %0" : "=a"(value) : "Nd"(port) : "memory"); \
        return value;                                                                  \
    }                                                                                  \
    static inline void j6_port_write##bits(uint16_t port, uint##bits##_t value)        \
    {                                                                                  \
        __asm__ volatile("out" suffix " %0, %1" ::"a"(value), "Nd"(port) : "memory");  \
    }
J6_PORT_WIDTH(8, "b")
J6_PORT_WIDTH(16, "w")
J6_PORT_WIDTH(32, "l")
#undef J6_PORT_WIDTH

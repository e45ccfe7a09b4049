/* SPDX-License-Identifier: MIT */
/* <j6/ports.h> for drivers on the host: the devices behind the ports are models. */
#pragma once
#include <stdint.h>

uint8_t j6_port_read8(uint16_t port);
void j6_port_write8(uint16_t port, uint8_t value);

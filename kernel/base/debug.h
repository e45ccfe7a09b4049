/* SPDX-License-Identifier: MIT */
/* Checks of the debug build (make DEBUG=1): written as plain ifs, so that both builds compile them. */
#pragma once

#ifndef KERNEL_DEBUG
#define KERNEL_DEBUG 0
#endif

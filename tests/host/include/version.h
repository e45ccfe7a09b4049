/* SPDX-License-Identifier: MIT */
/* In place of the generated one, for host tests. */
#pragma once
#define SENARY_VERSION "1.2.3"
#define SENARY_COMMIT  "0123456789ab"

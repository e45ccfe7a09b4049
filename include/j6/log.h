/* SPDX-License-Identifier: MIT */
/* Severities of log entries, for the calls log and system_get_log. */
#pragma once

enum j6_log_severity {
    j6_log_output = 0, /* what a program prints: shown as bare text at the start of a line */
    j6_log_error = 1,
    j6_log_warning = 2,
    j6_log_info = 3,
    j6_log_debug = 4,
    j6_log_count = 5,
};

/* SPDX-License-Identifier: MIT */
/* The words and colours of the log. */
#include "lib/log_line.h"
#include "lib/format.h"
#include <j6/types.h>

const struct log_colour log_colours[LOG_COLOURS] = {
    [j6_log_output] = {0xff, 0xff, 0xff, 0x0f},  [j6_log_error] = {0xff, 0x6b, 0x6b, 0x0c},
    [j6_log_warning] = {0xff, 0xd7, 0x5f, 0x0e}, [j6_log_info] = {0xd0, 0xd0, 0xd0, 0x07},
    [j6_log_debug] = {0x88, 0x88, 0x88, 0x08},   [LOG_COLOUR_GREEN] = {0x6b, 0xe0, 0x6b, 0x0a},
};

size_t log_stamp(const struct j6_log_entry *entry, char *buf, size_t cap)
{
    static const char *const words[j6_log_count] = {
        [j6_log_output] = "", [j6_log_error] = "error: ", [j6_log_warning] = "warning: ",
        [j6_log_info] = "",   [j6_log_debug] = "debug: ",
    };
    uint64_t us = entry->time / 1000;
    size_t len = format(buf, cap, "[%5lu.%06lu", us / 1000000, us % 1000000);
    if (entry->cpu != 0) {
        len += format(buf + len, cap - len, " cpu%u", entry->cpu);
    }
    len += format(buf + len, cap - len, "] %s", words[entry->severity]);
    if (entry->process != 0) {
        uint64_t serial = entry->process & ((1ull << j6_handle_type_shift) - 1);
        len += format(buf + len, cap - len, "process %lu: ", serial);
    }
    return len;
}

void log_blank_controls(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f) {
            text[i] = ' ';
        }
    }
}

size_t log_gap(uint64_t count, char *buf, size_t cap)
{
    return format(buf, cap, "(%lu entries of the log are lost)\n", count);
}

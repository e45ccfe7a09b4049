/* SPDX-License-Identifier: MIT */
/* What a driver is told on its command line, and what it says in the log. */
#include "lib/format.h"
#include "lib/string.h"
#include <j6/driver.h>

enum { LINE_MAX = 256 };

j6_status_t driver_log(const struct driver *driver, enum j6_log_severity severity, const char *text,
                       ...)
{
    char line[LINE_MAX];
    size_t len = format(line, sizeof(line), "%s: ", driver->name);
    len = len < sizeof(line) ? len : sizeof(line) - 1;
    va_list args;
    va_start(args, text);
    vformat(line + len, sizeof(line) - len, text, args);
    va_end(args);
    return j6_log(severity, line, strlen(line));
}

static bool read_digit(char character, uint64_t base, uint64_t *out_digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = character != 0 ? strchr(digits, character) : NULL;
    *out_digit = at != NULL ? (uint64_t)(at - digits) : base;
    return *out_digit < base;
}

static bool read_number(const char *text, uint64_t *out_number)
{
    uint64_t number = 0;
    uint64_t base = string_starts_with(text, "0x") ? 16 : 10;
    text += base == 16 ? 2 : 0;
    if (*text == 0) {
        return false;
    }
    for (uint64_t digit; *text != 0; text++) {
        if (!read_digit(*text, base, &digit) || __builtin_mul_overflow(number, base, &number) ||
            __builtin_add_overflow(number, digit, &number)) {
            return false;
        }
    }
    *out_number = number;
    return true;
}

bool driver_argument(char *const *argv, const char *name, uint64_t *out_number)
{
    size_t len = strlen(name);
    for (; *argv != NULL; argv++) {
        if (strncmp(*argv, name, len) == 0 && (*argv)[len] == '=') {
            return read_number(*argv + len + 1, out_number);
        }
    }
    return false;
}

/* SPDX-License-Identifier: MIT */
/* What the layer itself has to say. */
#include "lib/format.h"
#include "userland/linux/layer.h"

void layer_warn(const char *format, ...)
{
    char text[128];
    va_list args;
    va_start(args, format);
    size_t len = vformat(text, sizeof(text), format, args);
    va_end(args);
    j6_log(j6_log_warning, text, len < sizeof(text) ? len : sizeof(text) - 1);
}

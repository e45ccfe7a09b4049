/* SPDX-License-Identifier: MIT */
/* Text into channels: formatted into a buffer, which goes whenever it is full. */
#include "lib/format.h"
#include <j6/j6.h>

enum { BUFFER_MAX = 512 };

struct stream_sink {
    struct format_sink sink; /* first, so that one is found from the other */
    j6_handle_t channel;
    j6_status_t status; /* the first failure */
    size_t len;
    char text[BUFFER_MAX];
};

j6_status_t j6_channel_write(j6_handle_t channel, const void *data, size_t len)
{
    j6_status_t status = j6_status_ok;
    const char *at = data;
    while (len != 0 && status == j6_status_ok) {
        uint64_t sent = len;
        status = j6_channel_send(channel, &sent, at, j6_deadline_never);
        if (status == j6_status_ok) {
            at += sent;
            len -= sent;
        }
    }
    return status;
}

static void flush(struct stream_sink *stream)
{
    if (stream->status == j6_status_ok) {
        stream->status = j6_channel_write(stream->channel, stream->text, stream->len);
    }
    stream->len = 0;
}

static void write(struct format_sink *sink, const char *text, size_t len)
{
    struct stream_sink *stream = (struct stream_sink *)sink;
    for (size_t i = 0; i < len; i++) {
        if (stream->len == BUFFER_MAX) {
            flush(stream);
        }
        stream->text[stream->len++] = text[i];
    }
}

j6_status_t j6_channel_printf(j6_handle_t channel, const char *format, ...)
{
    struct stream_sink stream = {.sink.write = write, .channel = channel, .status = j6_status_ok};
    va_list args;
    va_start(args, format);
    vformat_to(&stream.sink, format, args);
    va_end(args);
    flush(&stream);
    return stream.status;
}

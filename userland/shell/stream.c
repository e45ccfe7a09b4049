/* SPDX-License-Identifier: MIT */
/* Bytes from and to streams, whatever they are. A shell whose output nobody reads ends. */
#include "userland/shell/files.h"
#include <proto/text.h>
#include <stdarg.h>
#include <stdio.h>

static j6_status_t write_text(j6_handle_t service, const char *bytes, size_t len)
{
    j6_status_t status = j6_status_ok;
    while (len != 0 && status == j6_status_ok) {
        struct text_write_answer answer = {0};
        size_t piece = len < text_write_max ? len : text_write_max;
        status = text_write(service, bytes, piece, &answer);
        if (status == j6_status_ok) {
            bytes += answer.written;
            len -= answer.written;
        }
    }
    return status;
}

j6_status_t stream_write(const struct stream *stream, const char *bytes, size_t len)
{
    if (stream->handle == j6_handle_none) {
        return j6_status_ok;
    }
    return j6_handle_type(stream->handle) == j6_type_channel
               ? j6_channel_write(stream->handle, bytes, len)
               : write_text(stream->handle, bytes, len);
}

bool stream_read_byte(struct stream *stream, char *out_byte)
{
    if (j6_handle_type(stream->handle) == j6_type_channel) {
        uint64_t len = 1;
        return j6_channel_receive(stream->handle, &len, out_byte, j6_deadline_never) ==
               j6_status_ok;
    }
    size_t len = 0;
    bool read = stream->handle != j6_handle_none &&
                files_read(stream->handle, stream->offset, out_byte, 1, &len) == j6_status_ok &&
                len == 1;
    stream->offset += read;
    return read;
}

bool read_byte(struct shell *shell, char *out_byte)
{
    struct stream *stream = &shell->streams.at[0];
    const uint64_t wanted = j6_signal_channel_can_recv | j6_signal_closed;
    if (j6_handle_type(stream->handle) == j6_type_channel &&
        terminal_wait(&shell->terminal, stream->handle, wanted, j6_deadline_never) ==
            j6_status_cancelled) {
        shell->interrupted = true;
        return false;
    }
    return stream_read_byte(stream, out_byte);
}

static j6_status_t write_formatted(const struct stream *stream, const char *prefix,
                                   const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    struct text text = {NULL, 0, 0};
    text_add_string(&text, prefix);
    if (len >= 0) {
        char *bytes = memory_take(NULL, (size_t)len + 1);
        vsnprintf(bytes, (size_t)len + 1, format, again);
        text_add(&text, bytes, (size_t)len);
        memory_give(bytes);
    }
    va_end(again);
    j6_status_t status = stream_write(stream, text_string(&text), text.len);
    text_free(&text);
    return status;
}

/* Nobody reads any more: a script ends. There is no room in a file: that is said. */
static bool judge_write(struct shell *shell, j6_status_t status)
{
    bool channel = j6_handle_type(shell->streams.at[1].handle) == j6_type_channel;
    if (status == j6_status_closed && channel && !shell->interactive) {
        shell->exits = true;
    } else if (status != j6_status_ok) {
        complain(shell, "that can't be written: %s\n", file_status_text(status));
    }
    return status == j6_status_ok;
}

bool say_bytes(struct shell *shell, const char *bytes, size_t len)
{
    return judge_write(shell, stream_write(&shell->streams.at[1], bytes, len));
}

void say(struct shell *shell, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    judge_write(shell, write_formatted(&shell->streams.at[1], "", format, args));
    va_end(args);
}

void note(struct shell *shell, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_formatted(&shell->streams.at[2], "", format, args);
    va_end(args);
}

void complain(struct shell *shell, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_formatted(&shell->streams.at[2], "sh: ", format, args);
    va_end(args);
}

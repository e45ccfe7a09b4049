/* SPDX-License-Identifier: MIT */
/* A channel as a pipe: bytes go between the channel and the program's memory without a stop here. */
#include "userland/linux/descriptors.h"
#include "userland/linux/signals.h"
#include "userland/linux/terminal.h"
#include <asm/stat.h>
#include <linux/stat.h>

/* Up to the end of a line, or of what is there; the first byte is waited for. */
static j6_status_t receive_line(const struct file *file, user_ptr_t buf, uint64_t *len,
                                j6_time_t deadline)
{
    uint64_t done = 0;
    char byte = 0;
    j6_status_t status = j6_status_ok;
    while (done < *len && byte != '\n' && status == j6_status_ok) {
        uint64_t piece = 1;
        status = j6_channel_receive(file->handle, &piece, (void *)(buf + done),
                                    done == 0 ? deadline : j6_deadline_poll);
        if (status == j6_status_ok && user_read(&byte, buf + done, 1) != 0) {
            status = j6_err_bad_address;
        }
        done += status == j6_status_ok;
    }
    *len = done;
    return done != 0 ? j6_status_ok : status;
}

static int64_t channel_read(struct file *file, user_ptr_t buf, uint64_t len)
{
    uint32_t patience = __atomic_load_n(&file->patience, __ATOMIC_RELAXED);
    j6_time_t deadline = patience == 0 ? file_deadline(file) : terminal_deadline(patience);
    j6_status_t status = terminal_gives_lines(file)
                             ? receive_line(file, buf, &len, deadline)
                             : j6_channel_receive(file->handle, &len, (void *)buf, deadline);
    bool nothing = status == j6_status_would_block || status == j6_status_timed_out;
    if (status == j6_status_closed || (nothing && patience != 0)) {
        return 0; /* all that was written has been read */
    }
    return status == j6_status_ok ? (int64_t)len : linux_error(status);
}

/* A line ends a read, wherever it ends. */
static int64_t channel_read_more(struct file *file, user_ptr_t buf, uint64_t len)
{
    return !terminal_gives_lines(file) && j6_channel_receive(file->handle, &len, (void *)buf,
                                                             j6_deadline_poll) == j6_status_ok
               ? (int64_t)len
               : 0;
}

/* All of it, unless somebody reads no more, or the program doesn't want to wait. */
static int64_t channel_write(struct file *file, user_ptr_t buf, uint64_t len)
{
    uint64_t done = 0;
    j6_status_t status = j6_status_ok;
    while (done < len && status == j6_status_ok) {
        uint64_t piece = len - done;
        status =
            j6_channel_send(file->handle, &piece, (const void *)(buf + done), file_deadline(file));
        done += status == j6_status_ok ? piece : 0;
    }
    if (status == j6_status_closed && done == 0) {
        signal_broken_pipe();
    }
    return done != 0 ? (int64_t)done : linux_error(status);
}

static int64_t channel_stat(struct file *file, struct stat *stat)
{
    enum { PERMISSIONS = 07777 };
    if (terminal_is(file)) {
        stat->st_mode = S_IFCHR | (stat->st_mode & PERMISSIONS);
    }
    return 0;
}

const struct file_kind channel_kind = {
    .mode = S_IFIFO,
    .read = channel_read,
    .read_more = channel_read_more,
    .write = channel_write,
    .stat = channel_stat,
    .readable = J6_SIGNAL(17), /* j6_signal_channel_can_recv */
    .writable = J6_SIGNAL(16), /* j6_signal_channel_can_send */
};

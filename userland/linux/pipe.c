/* SPDX-License-Identifier: MIT */
/* A pipe is a channel with two handles: one that can only receive, one that can only send. */
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include <linux/fcntl.h>

static const uint64_t COMMON =
    J6_RIGHT(40) | J6_RIGHT(41) | J6_RIGHT(42) | J6_RIGHT(44); /* duplicate transfer wait info */

/* A descriptor for one end of the channel. */
static int64_t open_end(j6_handle_t channel, uint64_t right, uint32_t flags)
{
    j6_handle_t handle;
    j6_status_t status = j6_handle_duplicate(channel, COMMON | right, 0, &handle);
    if (status != j6_status_ok) {
        return -ENFILE;
    }
    struct file *file = file_new(&channel_kind, handle, flags & ~(uint32_t)O_CLOEXEC);
    if (file == NULL) {
        j6_handle_close(handle);
        return -ENOMEM;
    }
    int64_t descriptor = descriptor_open(file, 0, flags & O_CLOEXEC);
    if (descriptor < 0) {
        file_put(file);
    }
    return descriptor;
}

static int64_t open_both(j6_handle_t channel, uint32_t flags, user_ptr_t pair)
{
    int64_t reader = open_end(channel, j6_right_channel_receive, flags | O_RDONLY);
    if (reader < 0) {
        return reader;
    }
    int64_t writer = open_end(channel, j6_right_channel_send, flags | O_WRONLY);
    const int32_t both[2] = {(int32_t)reader, (int32_t)writer};
    int64_t error = writer < 0 ? writer : user_write(pair, both, sizeof(both));
    if (error != 0) {
        linux_close((int)reader);
        linux_close((int)writer);
    }
    return error;
}

int64_t linux_pipe2(user_ptr_t pair, int flags)
{
    j6_handle_t channel;
    if (flags & ~(O_CLOEXEC | O_NONBLOCK)) {
        return -EINVAL;
    }
    if (j6_channel_create(0, &channel) != j6_status_ok) {
        return -ENFILE;
    }
    int64_t result = open_both(channel, (uint32_t)flags, pair);
    j6_handle_close(channel);
    return result;
}

int64_t linux_pipe(user_ptr_t pair)
{
    return linux_pipe2(pair, 0);
}

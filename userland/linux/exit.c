/* SPDX-License-Identifier: MIT */
/* The end of a thread, and of the program. */
#include "userland/linux/calls.h"
#include "userland/linux/descriptors.h"
#include "userland/linux/threads.h"

noreturn void layer_leave(struct frame *frame, int64_t code, uint64_t thread_exit);

/* The number of thread_exit, for who can't use a stack any more. */
enum {
#define J6_CALL(number, name, ...) NUMBER_##name = J6_CALL_BASE + (number),
#define J6_LATER                   J6_CALL
#define J6_OP(...)
#include <j6/syscalls.def>
#undef J6_CALL
#undef J6_LATER
#undef J6_OP
};

/* Who waits for the thread may take its stack away as soon as the word is 0. */
int64_t linux_exit(struct frame *frame)
{
    struct linux_thread *self = thread_self();
    user_ptr_t word = self->clear_id;
    bool last = thread_remove(self);
    if (word != 0) {
        const uint32_t zero = 0;
        if (user_write(word, &zero, sizeof(zero)) == 0) {
            j6_futex_wake((const uint32_t *)word, 1);
        }
    }
    if (last) {
        descriptors_flush();
    }
    layer_leave(frame, (int64_t)(frame->rdi & 255), NUMBER_thread_exit);
}

int64_t linux_exit_group(int code)
{
    descriptors_flush();
    return (int64_t)j6_process_exit(code & 255);
}

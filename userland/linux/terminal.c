/* SPDX-License-Identifier: MIT */
/*
 * Terminals: the job with the role `terminal` (<proto/terminal.h>). A descriptor is one if its channel is the job's:
 * a program in a pipeline has the job too, but a pipe for its stdin or stdout.
 */
#include "userland/linux/terminal.h"
#include "userland/linux/calls.h"
#include "userland/linux/clocks.h"
#include "userland/linux/descriptors.h"
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <asm/termios.h>
#include <proto/terminal.h>

/* What a mode is in struct termios: the bits that ask for it, all of them, and those that tell it. */
static const struct {
    uint64_t mode;
    size_t field;
    tcflag_t asks;
    tcflag_t tells;
} modes[] = {
    {terminal_mode_lines, offsetof(struct termios, c_lflag), ICANON,
     ICANON | IEXTEN | ECHOE | ECHOK},
    {terminal_mode_echo, offsetof(struct termios, c_lflag), ECHO, ECHO | ECHOCTL},
    {terminal_mode_interrupt, offsetof(struct termios, c_lflag), ISIG, ISIG},
    {terminal_mode_return, offsetof(struct termios, c_iflag), ICRNL, ICRNL},
    {terminal_mode_newline, offsetof(struct termios, c_oflag), OPOST | ONLCR, OPOST | ONLCR},
};

enum { MODES = sizeof(modes) / sizeof(modes[0]), TENTH = 100000000 };

static tcflag_t *field_of(struct termios *termios, size_t mode)
{
    return (tcflag_t *)((char *)termios + modes[mode].field);
}

static bool look(const struct file *file, struct terminal_state *out_state)
{
    j6_koid_t koid = 0;
    j6_handle_t job = j6_find("terminal");
    return job != j6_handle_none && file->kind == &channel_kind &&
           j6_object_koid(file->handle, &koid) == j6_status_ok &&
           terminal_look(job, out_state) == j6_status_ok &&
           (koid == out_state->input || koid == out_state->output);
}

bool terminal_is(const struct file *file)
{
    struct terminal_state state;
    return look(file, &state);
}

static int64_t error_of(j6_status_t status)
{
    return status == j6_status_closed ? -EIO : linux_error(status);
}

/* ---- the mode ------------------------------------------------------------------------------- */

static int64_t tell_mode(struct file *file, uint32_t mode, user_ptr_t place)
{
    uint32_t patience = __atomic_load_n(&file->patience, __ATOMIC_RELAXED);
    struct termios termios = {
        .c_cflag = B115200 | CS8 | CREAD,
        .c_cc = {[VINTR] = 0x03,
                 [VERASE] = 0x7f,
                 [VKILL] = 0x15,
                 [VEOF] = 0x04,
                 [VMIN] = patience == 0,
                 [VTIME] = (cc_t)(patience != 0 ? patience - 1 : 0),
                 [VREPRINT] = 0x12,
                 [VWERASE] = 0x17,
                 [VLNEXT] = 0x16},
    };
    for (size_t i = 0; i < MODES; i++) {
        *field_of(&termios, i) |= mode & modes[i].mode ? modes[i].tells : 0;
    }
    return user_write(place, &termios, sizeof(termios));
}

/* Before the mode changes: what is written is out, and, with `discard`, what was typed forgotten. */
static j6_status_t settle(j6_handle_t job, bool discard)
{
    j6_status_t status = terminal_drain(job);
    if (status == j6_status_ok && discard) {
        status = terminal_discard(job, terminal_discard_input);
    }
    return status == j6_err_denied ? j6_status_ok : status; /* nothing is typed to it now */
}

/* What the terminal doesn't have stays as it is, which TCGETS tells. */
static int64_t set_mode(struct file *file, user_ptr_t place, unsigned command)
{
    struct termios termios;
    uint64_t mode = 0;
    j6_handle_t job = j6_find("terminal");
    int64_t error = user_read(&termios, place, sizeof(termios));
    if (error != 0) {
        return error;
    }
    for (size_t i = 0; i < MODES; i++) {
        bool asked = (~*field_of(&termios, i) & modes[i].asks) == 0;
        mode |= asked ? modes[i].mode : 0;
    }
    j6_status_t status = command != TCSETS ? settle(job, command == TCSETSF) : j6_status_ok;
    if (status == j6_status_ok) {
        status = terminal_set_mode(job, mode);
    }
    if (status == j6_status_ok) {
        bool waits = (mode & terminal_mode_lines) || termios.c_cc[VMIN] != 0;
        __atomic_store_n(&file->patience, waits ? 0 : termios.c_cc[VTIME] + 1u, __ATOMIC_RELAXED);
    }
    return error_of(status);
}

j6_time_t terminal_deadline(uint32_t patience)
{
    return patience == 1 ? j6_deadline_poll : deadline_after((patience - 1) * (uint64_t)TENTH);
}

/* ---- the rest ------------------------------------------------------------------------------- */

static int64_t tell_size(const struct terminal_state *state, user_ptr_t place)
{
    const struct winsize size = {.ws_row = (uint16_t)state->rows,
                                 .ws_col = (uint16_t)state->columns};
    return user_write(place, &size, sizeof(size));
}

static int64_t set_size(user_ptr_t place)
{
    struct winsize size;
    int64_t error = user_read(&size, place, sizeof(size));
    return error != 0 ? error
                      : error_of(terminal_set_size(j6_find("terminal"), size.ws_col, size.ws_row));
}

static int64_t flush(uint64_t queue)
{
    uint64_t what = queue == TCIFLUSH   ? terminal_discard_input
                    : queue == TCOFLUSH ? terminal_discard_output
                                        : terminal_discard_input | terminal_discard_output;
    return queue > TCIOFLUSH ? -EINVAL : error_of(terminal_discard(j6_find("terminal"), what));
}

static int64_t control(struct file *file, unsigned command, uint64_t argument)
{
    struct terminal_state state;
    if (!look(file, &state)) {
        return -ENOTTY;
    }
    switch (command) {
    case TIOCGWINSZ: return tell_size(&state, argument);
    case TIOCSWINSZ: return set_size(argument);
    case TCGETS: return tell_mode(file, state.mode, argument);
    case TCSETS:
    case TCSETSW:
    case TCSETSF: return set_mode(file, argument, command);
    case TCSBRK: return argument != 0 ? error_of(terminal_drain(j6_find("terminal"))) : -EINVAL;
    case TCFLSH: return flush(argument);
    default: return -ENOTTY;
    }
}

int64_t linux_ioctl(int descriptor, unsigned command, uint64_t argument)
{
    struct file *file = descriptor_file(descriptor);
    if (file == NULL) {
        return -EBADF;
    }
    int64_t result = control(file, command, argument);
    file_put(file);
    return result;
}

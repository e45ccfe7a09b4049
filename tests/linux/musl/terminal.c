/* SPDX-License-Identifier: MIT */
/* Terminals. What is written to it comes back as if it were typed; its size is 80 by 24. */
#define _GNU_SOURCE
#include "check.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* Reads exactly that. */
static void expect_typed(const char *text, size_t len)
{
    char buf[16];
    for (size_t done = 0; done < len;) {
        ssize_t got = read(0, buf + done, len - done);
        check(got > 0);
        done += (size_t)got;
    }
    check(memcmp(buf, text, len) == 0);
}

static void expect_modes(const struct termios *modes, int lines, int echo, int interrupt)
{
    check(!!(modes->c_lflag & ICANON) == lines && !!(modes->c_lflag & ECHO) == echo);
    check(!!(modes->c_lflag & ISIG) == interrupt && modes->c_cc[VINTR] == 3);
}

/* stdin and stdout are it, in lines, without an echo; stderr is a pipe. */
int terminal(void)
{
    struct winsize size;
    struct termios usual, raw, now;
    struct stat status;
    char c;
    check(isatty(0) && isatty(1) && isatty(dup(1)) && !isatty(2) && errno == ENOTTY);
    check(fstat(0, &status) == 0 && S_ISCHR(status.st_mode));
    check(fstat(2, &status) == 0 && S_ISFIFO(status.st_mode));
    check(ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col == 80 && size.ws_row == 24);
    size = (struct winsize){.ws_col = 100, .ws_row = 30};
    check(ioctl(1, TIOCSWINSZ, &size) == 0);
    size.ws_col = 0;
    check(ioctl(0, TIOCGWINSZ, &size) == 0 && size.ws_col == 100 && size.ws_row == 30);
    check(tcgetattr(0, &usual) == 0 && (usual.c_iflag & ICRNL) && !(usual.c_oflag & ONLCR));
    expect_modes(&usual, 1, 0, 1);
    raw = usual;
    cfmakeraw(&raw);
    check(tcsetattr(0, TCSAFLUSH, &raw) == 0 && tcgetattr(1, &now) == 0);
    expect_modes(&now, 0, 0, 0);
    check(!(now.c_iflag & ICRNL) && now.c_cc[VMIN] == 1);
    check(write(1, "a\003\r", 3) == 3);
    expect_typed("a\003\r", 3);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 1;
    check(tcsetattr(0, TCSADRAIN, &raw) == 0 && read(0, &c, 1) == 0);
    raw.c_cc[VTIME] = 0;
    check(tcsetattr(0, TCSANOW, &raw) == 0 && read(0, &c, 1) == 0);
    check(tcdrain(1) == 0 && tcflush(0, TCIOFLUSH) == 0);
    check(tcsetattr(0, TCSANOW, &usual) == 0 && write(1, "line\r", 5) == 5);
    expect_typed("line\n", 5);
    check_error(EFAULT, ioctl(0, TCGETS, 8));
    check_error(ENOTTY, ioctl(0, TIOCSTI, "x"));
    check_error(EINVAL, tcflush(0, 77));
    return 0;
}

/* Is what is printed on stdout there at the end of its line? */
int terminal_lines(void)
{
    struct pollfd input = {0, POLLIN, 0};
    printf("a line\n");
    check(poll(&input, 1, 10000) == 1);
    expect_typed("a line\n", 7);
    return 0;
}

/* Where stdin and stdout are something else. */
int terminal_elsewhere(void)
{
    struct winsize size;
    struct termios modes;
    check(!isatty(0) && !isatty(1) && !isatty(2));
    check_error(ENOTTY, ioctl(1, TIOCGWINSZ, &size));
    check_error(ENOTTY, tcgetattr(0, &modes));
    check_error(EBADF, ioctl(99, TIOCGWINSZ, &size));
    return 0;
}

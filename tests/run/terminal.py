# SPDX-License-Identifier: MIT
"""The terminal at COM1 from the other end of its line: typing, pasting, Ctrl-C, Ctrl-D, and a driver that is killed
while somebody types. A small shell runs there (userland/test/main/console_shell.c)."""
import os
import random
import re
import select
import time

import configurations
import machine
import paths
import qmp

PATIENCE = 30       # seconds for an answer
STARTED = 90        # … for the first prompt
PASTE = 64 << 10
TAIL = 1000         # bytes of the line that are shown of a failure
PROMPT = b"$ "


class Wrong(Exception):
    pass


class Typist:
    """Somebody at the line: what is typed, and what has been seen since."""

    def __init__(self, line):
        self.line = line
        self.seen = b""
        self.transcript = b""

    def read(self, limit):
        if not select.select([self.line], [], [], max(0, limit - time.monotonic()))[0]:
            raise Wrong(f"nothing came behind {self.seen[-80:]!r}")
        self.take()

    def take(self):
        data = self.line.read()
        self.seen += data
        self.transcript = (self.transcript + data)[-TAIL:]

    def type(self, text):
        """As fast as it is taken; what comes meanwhile is read."""
        while text:
            readable, writable, _ = select.select([self.line], [self.line.input], [], PATIENCE)
            if not readable and not writable:
                raise Wrong(f"{len(text)} bytes aren't taken")
            if writable:
                text = text[os.write(self.line.input, text[:select.PIPE_BUF]):]
            if readable:
                self.take()

    def until(self, text, patience=PATIENCE):
        """What has come up to this, which goes with it."""
        limit = time.monotonic() + patience
        while text not in self.seen:
            self.read(limit)
        before, self.seen = self.seen.split(text, 1)
        return before

    def ask(self, command):
        """Types a command, and gives what it writes up to the next prompt."""
        self.type(command + b"\r")
        self.until(command + b"\r\n")
        return self.until(PROMPT)


def expect(wanted, found):
    if wanted != found:
        raise Wrong(f"{found[:200]!r} instead of {wanted[:200]!r}")


def fnv(data):
    value = 0xcbf29ce484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 & (1 << 64) - 1
    return value


def summed(data):
    return b"%d bytes, %016x" % (len(data), fnv(data))


# ---- tests ---------------------------------------------------------------------------------------

def goes_on_with_the_log(typist):
    """Half of what was counted came from the kernel, half from the driver."""
    log = typist.until(PROMPT, STARTED)
    expect(b" ".join(b"%d" % i for i in list(range(50)) * 2),
           b" ".join(re.findall(rb"counted (\d+)\r\n", log)))


def echoes_and_edits(typist):
    typist.type(b"say helo\x7flo, \xe2\x82\xac\xc3\xa9\x7fworld\r")
    typist.until(b"say helo\b \blo, \xe2\x82\xac\xc3\xa9\b \bworld\r\n")
    expect(b"hello, \xe2\x82\xacworld\r\n", typist.until(PROMPT))
    typist.type(b"nonsense\x15say one two\x17three\r")
    expect(b"one three\r\n", typist.until(PROMPT).split(b"\r\n", 1)[1])


def reads_a_file_that_is_typed(typist):
    typist.type(b"sum\r")
    typist.until(b"sum\r\n")
    typist.type(b"first\rsecond\r\x04")
    expect(b"first\r\nsecond\r\n" + summed(b"first\nsecond\n") + b"\r\n", typist.until(PROMPT))


def loses_nothing_of_a_paste(typist):
    source = random.Random(1)
    lines = []
    while sum(map(len, lines)) < PASTE:
        lines.append(bytes(source.choices(b"abcdefghijklmnop \xc3", k=source.randrange(200))) + b"\n")
    text = b"".join(lines)
    typist.type(b"sum\r" + text.replace(b"\n", b"\r") + b"\x04")
    typist.until(b"sum\r\n")
    expect(text.replace(b"\n", b"\r\n") + summed(text) + b"\r\n", typist.until(PROMPT))


def passes_keys_on_in_raw_mode(typist):
    typist.type(b"raw 12\r")
    typist.until(b"ready\r\n")
    typist.type(b"\x1b[A\x1bOP\x03\x04\r\n\x7f\xff")
    expect(b"1b 5b 41 1b 4f 50 03 04 0d 0a 7f ff\r\n", typist.until(PROMPT))


def interrupts_the_foreground(typist):
    typist.type(b"wait\r")
    typist.until(b"waiting\r\n")
    typist.type(b"anything\x03")
    expect(b"anything^C\r\ninterrupted\r\n", typist.until(PROMPT))


def interrupts_who_reads_nothing(typist):
    """The input is full up to the line itself."""
    typist.type(b"wait\r")
    typist.until(b"waiting\r\n")
    typist.type(b"x" * 99 + (b"\r" + b"x" * 99) * 780)
    typist.type(b"\x03")
    typist.until(b"interrupted\r\n")
    typist.until(PROMPT)
    expect(b"alive\r\n", typist.ask(b"say alive"))


def is_slow_to_who_writes_fast(typist):
    typist.type(b"flood 3000\r")
    typist.until(b"flood 3000\r\n")
    time.sleep(1)
    expect(b"".join(b"line %d of a flood that nobody may lose\r\n" % i for i in range(3000)),
           typist.until(PROMPT))


def comes_back_when_its_driver_is_killed(typist):
    for i in range(5):
        typist.type(b"crash\r")
        typist.until(b"crash\r\n")
        typist.type(b"\x15")
        typist.until(PROMPT)
        expect(b"alive %d\r\n" % i, typist.ask(b"say alive %d" % i))


def ends_with_its_input(typist):
    typist.type(b"\x04")
    typist.until(b"bye\r\n")


TESTS = {
    "com1_goes_on_with_the_log_where_the_kernel_has_stopped": goes_on_with_the_log,
    "com1_echoes_and_edits_what_is_typed": echoes_and_edits,
    "com1_reads_lines_up_to_ctrl_d": reads_a_file_that_is_typed,
    "com1_takes_a_paste_of_64_kib_and_loses_nothing": loses_nothing_of_a_paste,
    "com1_passes_keys_on_in_raw_mode": passes_keys_on_in_raw_mode,
    "com1_interrupts_the_foreground_by_ctrl_c": interrupts_the_foreground,
    "com1_interrupts_a_job_that_reads_nothing": interrupts_who_reads_nothing,
    "com1_loses_nothing_of_a_flood": is_slow_to_who_writes_fast,
    "com1_comes_back_when_its_driver_is_killed": comes_back_when_its_driver_is_killed,
    "com1_ends_a_shell_by_ctrl_d": ends_with_its_input,
}


def tests_of(typist, report):
    for name, test in TESTS.items():
        start = time.monotonic()
        test(typist)
        report.passed(name, seconds=time.monotonic() - start)


def run_with(report, cpus):
    name = f"com1_is_a_terminal_with_{cpus}_cpu{'s' if cpus > 1 else ''}"
    config = configurations.Configuration(name, append="terminal", cpus=cpus)
    log = paths.log_file(name)
    guest = machine.Machine(config, paths.image(config), log)
    typist = Typist(guest.console)
    try:
        with guest:
            tests_of(typist, report)
            status = guest.process.wait(PATIENCE)
            if status != 1:
                raise Wrong(f"the verdict is {status}")
        report.passed(name)
    except (Wrong, OSError, qmp.Gone) as error:
        report.failed(name, str(error), tail=machine.clean(typist.transcript).splitlines())


def run(report):
    for cpus in (1, 4):
        run_with(report, cpus)

# SPDX-License-Identifier: MIT
"""The terminal at COM1 from the other end of its line: typing, pasting, Ctrl-C, Ctrl-D, and a driver that is killed
while somebody types. A small shell runs there (userland/test/main/console_shell.c)."""
import random
import re
import select
import time

import configurations
import typist
from typist import Wrong, expect

PASTE = 64 << 10
PROMPT = re.compile(rb"\$ ")


def fnv(data):
    value = 0xcbf29ce484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 & (1 << 64) - 1
    return value


def summed(data):
    return b"%d bytes, %016x" % (len(data), fnv(data))


def await_full(line):
    limit = time.monotonic() + typist.PATIENCE
    while not line.is_full():
        if time.monotonic() > limit:
            raise Wrong("the line isn't full")
        time.sleep(0.01)


# ---- tests ---------------------------------------------------------------------------------------

def goes_on_with_the_log(person):
    """Half of what was counted came from the kernel, half from the driver."""
    log = person.until(PROMPT, typist.STARTED)
    expect(b" ".join(b"%d" % i for i in list(range(50)) * 2),
           b" ".join(re.findall(rb"counted (\d+)\r\n", log)))


def echoes_and_edits(person):
    person.type(b"say helo\x7flo, \xe2\x82\xac\xc3\xa9\x7fworld\r")
    person.until(b"say helo\b \blo, \xe2\x82\xac\xc3\xa9\b \bworld\r\n")
    expect(b"hello, \xe2\x82\xacworld\r\n", person.until(PROMPT))
    person.type(b"nonsense\x15say one two\x17three\r")
    expect(b"one three\r\n", person.until(PROMPT).split(b"\r\n", 1)[1])


def reads_a_file_that_is_typed(person):
    person.type(b"sum\r")
    person.until(b"sum\r\n")
    person.type(b"first\rsecond\r\x04")
    expect(b"first\r\nsecond\r\n" + summed(b"first\nsecond\n") + b"\r\n", person.until(PROMPT))


def loses_nothing_of_a_paste(person):
    source = random.Random(1)
    lines = []
    while sum(map(len, lines)) < PASTE:
        lines.append(bytes(source.choices(b"abcdefghijklmnop \xc3", k=source.randrange(200))) + b"\n")
    text = b"".join(lines)
    person.type(b"sum\r" + text.replace(b"\n", b"\r") + b"\x04")
    person.until(b"sum\r\n")
    expect(text.replace(b"\n", b"\r\n") + summed(text) + b"\r\n", person.until(PROMPT))


def passes_keys_on_in_raw_mode(person):
    person.type(b"raw 12\r")
    person.until(b"ready\r\n")
    person.type(b"\x1b[A\x1bOP\x03\x04\r\n\x7f\xff")
    expect(b"1b 5b 41 1b 4f 50 03 04 0d 0a 7f ff\r\n", person.until(PROMPT))


def interrupts_the_foreground(person):
    person.type(b"wait\r")
    person.until(b"waiting\r\n")
    person.type(b"anything\x03")
    expect(b"anything^C\r\ninterrupted\r\n", person.until(PROMPT))


def interrupts_who_reads_nothing(person):
    """The input is full up to the line itself."""
    person.type(b"wait\r")
    person.until(b"waiting\r\n")
    person.type(b"x" * 99 + (b"\r" + b"x" * 99) * 780)
    person.type(b"\x03")
    person.until(b"interrupted\r\n")
    person.until(PROMPT)
    expect(b"alive\r\n", person.ask(b"say alive"))


def is_slow_to_who_writes_fast(person):
    """Until somebody reads, there is room for no more than the channel has."""
    person.line.hold(select.PIPE_BUF)
    person.type(b"flood 3000\r")
    person.until(b"flood 3000\r\n")
    await_full(person.line)
    expect(b"".join(b"line %d of a flood that nobody may lose\r\n" % i for i in range(3000)),
           person.until(PROMPT))
    person.line.hold(person.line.USUAL)


def tells_of_entries_that_it_lost(person):
    """More than the log holds were written while the line stood still."""
    wanted, gaps = 0, 0
    person.enter(b"lag 2000")
    log = person.until(b"counted 1999\r\n")
    for counted, lost in re.findall(rb"counted (\d+)\r\n|\((\d+) entries of the log are lost\)\r\n", log):
        if counted:
            expect(b"%d" % wanted, counted)
        gaps += bool(lost)
        wanted += int(lost or 1)
    expect((1999, 1), (wanted, gaps))
    person.until(PROMPT)


def comes_back_when_its_driver_is_killed(person):
    for i in range(5):
        person.type(b"crash\r")
        person.until(b"crash\r\n")
        person.type(b"\x15")
        person.until(PROMPT)
        expect(b"alive %d\r\n" % i, person.ask(b"say alive %d" % i))


def ends_with_its_input(person):
    person.type(b"\x04")
    person.until(b"bye\r\n")


TESTS = {
    "com1_goes_on_with_the_log_where_the_kernel_has_stopped": goes_on_with_the_log,
    "com1_echoes_and_edits_what_is_typed": echoes_and_edits,
    "com1_reads_lines_up_to_ctrl_d": reads_a_file_that_is_typed,
    "com1_takes_a_paste_of_64_kib_and_loses_nothing": loses_nothing_of_a_paste,
    "com1_passes_keys_on_in_raw_mode": passes_keys_on_in_raw_mode,
    "com1_interrupts_the_foreground_by_ctrl_c": interrupts_the_foreground,
    "com1_interrupts_a_job_that_reads_nothing": interrupts_who_reads_nothing,
    "com1_loses_nothing_of_a_flood": is_slow_to_who_writes_fast,
    "com1_tells_of_entries_of_the_log_that_it_lost": tells_of_entries_that_it_lost,
    "com1_comes_back_when_its_driver_is_killed": comes_back_when_its_driver_is_killed,
    "com1_ends_a_shell_by_ctrl_d": ends_with_its_input,
}


def run_with(report, cpus):
    config = configurations.Configuration(f"com1_is_a_terminal_with_{cpus}_cpu{'s' if cpus > 1 else ''}",
                                          append="terminal", cpus=cpus)
    with typist.at(report, config, PROMPT) as (guest, person):
        typist.run_all(TESTS, person, report)
        status = guest.process.wait(typist.PATIENCE)
        if status != 1:
            raise Wrong(f"the verdict is {status}")


def run(report):
    for cpus in (1, 4):
        run_with(report, cpus)

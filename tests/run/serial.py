# SPDX-License-Identifier: MIT
"""The driver of COM2 from the other end of its line: what goes in comes back.

QEMU gives the UART no more than its FIFO holds, so nothing may be lost however fast it is sent."""
import os
import random
import select
import time

import configurations
import machine
import paths
import qmp

STARTED = 60        # seconds until the driver runs
QUIET = 10          # without a byte, before the rest counts as lost
BURST = 64 << 10


class Lost(Exception):
    pass


def await_driver(guest):
    """The driver has its device, and init has gone on."""
    missing = {"com2: UART at port 0x2f8", "init: ready"}
    while missing:
        kind, what = guest.wait()
        if kind in ("exit", "limit"):
            raise Lost(f"{kind} before: {', '.join(sorted(missing))}")
        if kind == "line":
            missing = {text for text in missing if text not in what}


def exchange(guest, data):
    """Sends as fast as QEMU takes it, and gives what comes back meanwhile."""
    line, sent, received = guest.com2, 0, b""
    while len(received) < len(data):
        more = [line.input] if sent < len(data) else []
        readable, writable, _ = select.select([line], more, [], QUIET)
        if not readable and not writable:
            raise Lost(f"{len(received)} of {len(data)} bytes came back")
        if writable:
            sent += os.write(line.input, data[sent:sent + select.PIPE_BUF])
        if readable:
            received += line.read()
    return received


def expect_echo(guest, data):
    received = exchange(guest, data)
    if received != data:
        same = os.path.commonprefix([received, data])
        raise Lost(f"byte {len(same)} of {len(data)} isn't the one that was sent")


def each_byte(guest):
    for value in range(256):
        expect_echo(guest, bytes([value]))
    expect_echo(guest, bytes(range(256)))


def burst(guest):
    expect_echo(guest, random.Random(1).randbytes(BURST))


def bursts_of_any_length(guest):
    """Below and above what the FIFO and its trigger level are."""
    source = random.Random(2)
    for length in list(range(1, 40)) + [255, 256, 4095, 4096, 4097, 8192 + 17]:
        expect_echo(guest, source.randbytes(length))


def is_quiet_after_all(guest):
    """Nothing comes that wasn't sent."""
    time.sleep(0.2)
    if select.select([guest.com2], [], [], 0)[0]:
        raise Lost("more came back than was sent")


TESTS = {
    "com2_echoes_each_of_the_256_bytes": each_byte,
    "com2_echoes_64_kib_at_once_and_loses_nothing": burst,
    "com2_echoes_bursts_of_any_length": bursts_of_any_length,
    "com2_sends_nothing_that_was_not_sent_to_it": is_quiet_after_all,
}


def tests_of(guest, report):
    for name, test in TESTS.items():
        start = time.monotonic()
        try:
            test(guest)
            report.passed(name, seconds=time.monotonic() - start)
        except Lost as lost:
            report.failed(name, str(lost))


def run(report):
    for cpus in (1, 4):
        name = f"com2_is_driven_with_{cpus}_cpu{'s' if cpus > 1 else ''}"
        config = configurations.Configuration(name, image="normal", cpus=cpus, com2=True,
                                              limit=STARTED)
        log = paths.log_file(name)
        guest = machine.Machine(config, paths.image(config), log)
        try:
            with guest:
                await_driver(guest)
                tests_of(guest, report)
            report.passed(name)
        except (Lost, OSError, qmp.Gone) as error:
            report.failed(name, f"{error} (log: {os.path.relpath(log, paths.TOP)})",
                          tail=guest.lines)

# SPDX-License-Identifier: MIT
"""The driver of COM2 from the other end of its line: what goes in comes back.

QEMU and Bochs give the UART no more than its FIFO holds, so nothing may be lost however fast it is sent."""
import os
import random
import select
import socket
import tempfile
import time

import bochs
import configurations
import machine
import paths
import qmp

STARTED = 60        # seconds until the driver runs
QUIET = 10          # without a byte, before the rest counts as lost
BURST = 64 << 10


class Lost(Exception):
    pass


# The driver has its device, and init has gone on. What it logs may come when COM1 is the console's already.
READY = {"[  ok   ] com2,", "init: ready"}


def missing_in(lines):
    return {text for text in READY if not any(text in line for line in lines)}


def give_up_if(ended, lines):
    if ended:
        raise Lost(f"{ended} before: {', '.join(sorted(missing_in(lines)))}")


def exchange(line, data):
    """Sends as fast as it is taken, and gives what comes back meanwhile."""
    sent, received = 0, b""
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


def expect_echo(line, data):
    received = exchange(line, data)
    if received != data:
        same = os.path.commonprefix([received, data])
        raise Lost(f"byte {len(same)} of {len(data)} isn't the one that was sent")


def each_byte(line):
    for value in range(256):
        expect_echo(line, bytes([value]))
    expect_echo(line, bytes(range(256)))


def burst(line):
    expect_echo(line, random.Random(1).randbytes(BURST))


def bursts_of_any_length(line):
    """Below and above what the FIFO and its trigger level are."""
    source = random.Random(2)
    for length in list(range(1, 40)) + [255, 256, 4095, 4096, 4097, 8192 + 17]:
        expect_echo(line, source.randbytes(length))


def is_quiet_after_all(line):
    """Nothing comes that wasn't sent."""
    time.sleep(0.2)
    if select.select([line], [], [], 0)[0]:
        raise Lost("more came back than was sent")


TESTS = {
    "com2_echoes_each_of_the_256_bytes": each_byte,
    "com2_echoes_64_kib_at_once_and_loses_nothing": burst,
    "com2_echoes_bursts_of_any_length": bursts_of_any_length,
    "com2_sends_nothing_that_was_not_sent_to_it": is_quiet_after_all,
}


def tests_of(line, report):
    for name, test in TESTS.items():
        start = time.monotonic()
        try:
            test(line)
            report.passed(name, seconds=time.monotonic() - start)
        except Lost as lost:
            report.failed(name, str(lost))


def failed(report, name, log, error, lines):
    report.failed(name, f"{error} (log: {os.path.relpath(log, paths.TOP)})", tail=lines)


def on_qemu(report, cpus):
    name = f"com2_is_driven_with_{cpus}_cpu{'s' if cpus > 1 else ''}"
    config = configurations.Configuration(name, image="normal", cpus=cpus, com2=True,
                                          limit=STARTED)
    log = paths.log_file(name)
    guest = machine.Machine(config, paths.image(config), log)
    try:
        with guest:
            while missing_in(guest.lines):
                kind, _ = guest.wait()
                give_up_if(kind if kind in ("exit", "limit") else None, guest.lines)
            tests_of(guest.com2, report)
        report.passed(name)
    except (Lost, OSError, qmp.Gone) as error:
        failed(report, name, log, error, guest.lines)


class Socket:
    """The other end of a line that Bochs connects to us."""

    def __init__(self, server):
        self.socket, _ = server.accept()
        self.input = self.socket.fileno()

    def fileno(self):
        return self.input

    def read(self):
        return self.socket.recv(65536)


def await_bochs(process, folder):
    limit = time.monotonic() + STARTED
    while missing_in(bochs.serial_lines(folder)):
        late = "limit" if time.monotonic() > limit else None
        give_up_if("exit" if process.poll() is not None else late, bochs.serial_lines(folder))
        time.sleep(0.1)


def on_bochs(report):
    name = "com2_is_driven_on_bochs"
    config = configurations.Configuration(name, image="normal", com2=True, memory="64")
    log = paths.log_file(name)
    with tempfile.TemporaryDirectory(prefix="senary-bochs.") as folder, \
            socket.create_server(("127.0.0.1", 0)) as server:
        com2 = f"mode=socket-client, dev=127.0.0.1:{server.getsockname()[1]}"
        server.settimeout(STARTED)
        try:
            with bochs.started(config, paths.image(config), folder, com2) as process:
                line = Socket(server)
                await_bochs(process, folder)
                tests_of(line, report)
            report.passed(name)
        except (Lost, OSError) as error:
            failed(report, name, log, error, bochs.collect(folder, log))


def run(report):
    for cpus in (1, 4):
        on_qemu(report, cpus)
    on_bochs(report)

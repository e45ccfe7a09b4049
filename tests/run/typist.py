# SPDX-License-Identifier: MIT
"""Somebody at the line of a guest: types as fast as it is taken, reads what comes back, waits for a prompt."""
import contextlib
import os
import re
import select
import time

import machine
import paths
import qmp

PATIENCE = 30       # seconds for an answer
STARTED = 90        # … for the first prompt
TAIL = 4000         # bytes of the line that are shown of a failure
PROMPT = re.compile(rb"\r\x1b\[J\x1b\[1;3([12])m[^\x1b]*\x1b\[0m > ")    # the shell's; 1: the last command failed
TEAR = rb"(?:\r*\n(?:\[[^\n]*\n)+)?"        # lines of others, which may come amid one that is typed


class Wrong(Exception):
    pass


class Typist:
    """What is typed, and what has been seen since."""

    def __init__(self, line, prompt=PROMPT):
        self.line = line
        self.prompt = prompt
        self.found = None       # of the prompt that came last
        self.seen = b""
        self.transcript = b""

    def read(self, limit):
        if not select.select([self.line], [], [], max(0, limit - time.monotonic()))[0]:
            raise Wrong(f"nothing came behind {self.seen[-80:]!r}")
        self.take()

    def take(self):
        data = self.line.read()
        if not data:
            raise Wrong("the line has ended")
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
        """What has come up to this, bytes or a pattern, which goes with it."""
        pattern = text if isinstance(text, re.Pattern) else re.compile(re.escape(text))
        limit = time.monotonic() + patience
        while not (found := pattern.search(self.seen)):
            self.read(limit)
        self.found = found
        before, self.seen = self.seen[:found.start()], self.seen[found.end():]
        return before

    def enter(self, command):
        """Types a command, which must fit into the row, up to its echo."""
        self.type(command + b"\r")
        letters = [re.escape(command[i:i + 1]) for i in range(len(command))]
        self.until(re.compile(TEAR.join(letters) + rb"\r+\n"))

    def ask(self, command, patience=PATIENCE):
        """Types a command, and gives what it writes up to the next prompt."""
        self.enter(command)
        return self.until(self.prompt, patience)

    def succeeded(self):
        """Did the command before the shell's last prompt?"""
        return self.found[1] == b"2"


@contextlib.contextmanager
def at(report, config, prompt=PROMPT, kind=Typist):
    """Boots it, and gives (machine, typist); what goes wrong fails the test of that name, which passes else."""
    log = paths.log_file(config.name)
    guest = machine.Machine(config, paths.image(config), log)
    typist = kind(guest.console, prompt)
    try:
        with guest:
            yield guest, typist
        report.passed(config.name)
    except (Wrong, OSError, qmp.Gone) as error:
        status = guest.process.returncode
        ended = f" (QEMU has ended with {status})" if status >= 0 else ""
        report.failed(config.name, f"{error}{ended}", tail=machine.clean(typist.transcript).splitlines())


def run_all(tests, typist, report):
    """Tests in a dictionary of names, each at that line, one after the other."""
    for name, test in tests.items():
        start = time.monotonic()
        test(typist)
        report.passed(name, seconds=time.monotonic() - start)


def expect(wanted, found):
    if wanted != found:
        same = len(os.path.commonprefix([wanted, found]))
        shown = slice(max(0, same - 20), same + 180)
        raise Wrong(f"from {same} on {found[shown]!r} instead of {wanted[shown]!r}")

# SPDX-License-Identifier: MIT
"""QEMU's control protocol: commands and events over a socket that the runner already holds.

QEMU starts stopped (-S) and is let go by a command, so a QEMU that answered has truly started: its
later exit status is the guest's verdict and not a complaint about its own command line.
"""
import json
import select
import time


class Gone(Exception):
    """QEMU closed the connection: it has ended."""


class Qmp:
    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""
        self.events = []

    def fileno(self):
        return self.sock.fileno()

    def _message(self, deadline):
        while b"\n" not in self.buffer:
            ready, _, _ = select.select([self.sock], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError("QEMU's monitor doesn't answer")
            try:
                data = self.sock.recv(65536)
            except ConnectionError:
                data = b""
            if not data:
                raise Gone()
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def start(self, seconds=30):
        """Greeting, negotiation, and the guest's first instruction."""
        while "QMP" not in self._message(time.monotonic() + seconds):
            pass
        self.command("qmp_capabilities", seconds=seconds)
        self.command("cont", seconds=seconds)

    def command(self, name, seconds=30, **arguments):
        """Runs one command and gives its value; events that come meanwhile are kept."""
        text = json.dumps({"execute": name, "arguments": arguments})
        try:
            self.sock.sendall(text.encode() + b"\n")
        except OSError:
            raise Gone() from None
        deadline = time.monotonic() + seconds
        while True:
            message = self._message(deadline)
            if "event" in message:
                self.events.append(message)
            elif "error" in message:
                raise RuntimeError(f"{name}: {message['error'].get('desc')}")
            elif "return" in message:
                return message["return"]

    def monitor(self, line):
        """A command of the human monitor, and its text."""
        return self.command("human-monitor-command", **{"command-line": line})

    def collect_events(self):
        """Adds to `events` what has come, without waiting."""
        try:
            while True:
                self.events.append(self._message(0))
        except TimeoutError:
            pass

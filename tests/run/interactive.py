# SPDX-License-Identifier: MIT
"""`make run` and `make debug`: the released image in a QEMU that a person sits before.

Variables: MEMORY (MiB), CPUS, CPU (a model), ACCEL (tcg, kvm).
"""
import os
import re
import select
import subprocess
import sys
import tempfile
import time

import configurations
import machine
import paths
import qmp

READY = re.compile(rb"(^|\n)\r*init: ready")
PANIC = re.compile(rb"(^|\n)\r*PANIC")
LIMIT = 300         # seconds for a boot that nobody watches
AFTER_PANIC = 3
SILENT = 60         # behind the end of the input
AGAIN = 5
END = b"\r\x04"     # behind a line that isn't finished, too


def display():
    """QEMU's words for a window, or None without a display."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
            or sys.platform == "darwin"):
        return None
    known = subprocess.run(["qemu-system-x86_64", "-display", "help"], check=False,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                           text=True).stdout.split()
    return next((kind for kind in ("gtk", "sdl", "cocoa") if kind in known), None)


def command_line(window):
    variable = os.environ.get
    config = configurations.Configuration(
        "run", memory=variable("MEMORY") or "256", cpus=int(variable("CPUS") or 1),
        cpu=variable("CPU") or ("host" if variable("ACCEL") == "kvm" else "max"))
    if window is None:
        print("No display: no window; the serial console is in this terminal.")
    image = os.environ.get("SENARY_IMAGE", os.path.join(paths.CURRENT, "senary.iso"))
    line = machine.arguments(config, image) + ["-display", window or "none"]
    line.remove("-no-reboot")
    return line


def open_stdin():
    """A closed standard input is an empty one; else its number would go to the next socket."""
    try:
        os.fstat(0)
    except OSError:
        os.open(os.devnull, os.O_RDONLY)


def run(_):
    open_stdin()
    window = display()
    status = run_once(command_line(window))
    if window and status == 1:      # a display that is named but can't be reached
        status = run_once(command_line(None))
    return status


def run_once(line):
    if os.isatty(0):
        print("Leave with Ctrl-A X.  (Ctrl-A C: QEMU's monitor, and back.)", flush=True)
        return subprocess.call(line + ["-serial", "mon:stdio"])
    print("Input is no terminal: it is typed at the prompt, and its end is Ctrl-D. In a terminal, leave "
          "with Ctrl-A X.", flush=True)
    return Unattended(line).run()


class Unattended:
    """Input from a pipe or a file goes to the serial console once init is ready. Its end is a Ctrl-D there, which ends
    the shell, and so the machine; typed again while nothing comes, since others may have read it. A
    panic, or no `init: ready` in time, is a failure."""

    def __init__(self, line):
        self.console = machine.Console()
        self.process, self.qmp = machine.launch(line, self.console)
        self.seen = b""
        self.to_type = b""
        self.ready = self.ended = False
        self.limit = time.monotonic() + LIMIT

    def run(self):
        try:
            self.qmp.start()
            return self.serve()
        except qmp.Gone:
            return self.process.wait()
        finally:
            self.process.kill()
            self.process.wait()
            self.console.close()

    def serve(self):
        while True:
            readable, writable = self.wait()
            if self.console in readable and not self.output():
                return self.process.wait()
            if 0 in readable:
                self.input()
            if writable:
                self.to_type = self.to_type[os.write(self.console.input, self.to_type[:select.PIPE_BUF]):]
            if not self.ready and time.monotonic() > self.limit:
                print("\nThe machine never said `init: ready`, or stopped in a panic.")
                return 3
            if self.ended and time.monotonic() > self.limit:
                print("\nThe machine has been silent behind the end of the input: it is stopped.")
                self.qmp.command("quit")
                return self.process.wait()

    def wait(self):
        """Until something can be done, or it is time for another Ctrl-D, or the limit."""
        reads_on = self.ready and not self.ended and not self.to_type
        sources = [self.console] + ([0] if reads_on else [])
        left = max(0, self.limit - time.monotonic())
        readable, writable, _ = select.select(
            sources, [self.console.input] if self.to_type and self.ready else [], [],
            min(left, AGAIN) if self.ended else None if self.ready else left)
        if self.ended and not readable and not writable:
            self.to_type = END
        return readable, writable

    def output(self):
        data = self.console.read()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        self.seen = (self.seen + data)[-65536:]
        if PANIC.search(self.seen):
            self.ready = False
            self.limit = min(self.limit, time.monotonic() + AFTER_PANIC)
        elif READY.search(self.seen):
            self.ready = True
        if self.ended and self.ready:
            self.limit = time.monotonic() + SILENT
        return bool(data)

    def input(self):
        data = os.read(0, 4096)
        self.to_type = data or END
        if not data:
            self.ended = True
            self.limit = time.monotonic() + SILENT


def debug(_):
    open_stdin()
    with tempfile.TemporaryDirectory(prefix="senary-debug.") as folder:
        stub, log = os.path.join(folder, "gdb"), os.path.join(paths.CURRENT, "debug-serial.log")
        guest = subprocess.Popen(
            command_line(display()) + ["-S", "-gdb", f"unix:{stub},server=on,wait=off",
                              "-serial", "file:" + log],
            stdin=subprocess.DEVNULL, start_new_session=True)
        print(f"The serial log goes to {os.path.relpath(log)}; gdb stops at kernel_main.",
              flush=True)
        try:
            while not os.path.exists(stub) and guest.poll() is None:
                time.sleep(0.05)
            return subprocess.call(
                ["gdb", "-q", os.path.join(paths.CURRENT, "kernel.sym.elf"),
                 "-ex", "set confirm off", "-ex", f"target remote {stub}",
                 "-ex", "break kernel_main", "-ex", "continue"])
        finally:
            guest.kill()
            guest.wait()

# SPDX-License-Identifier: MIT
"""A QEMU for one boot: its command line from a configuration, its serial lines, its end."""
import fcntl
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import termios
import time

import qmp

FIRMWARE = [  # code and variables of the UEFI firmware, by distribution
    ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
    ("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
    ("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
]
COLOUR = re.compile(r"\x1b\[(0|3[123])m")
ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|.)")


def accelerator(icount=False):
    if icount:
        return ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off,align=off"]
    # QEMU keeps what it translated of a page for every address that the page was run at, in a list that it
    # walks for each entry that it drops. Programs share the pages of their file, each at another address: with
    # room for thousands of them, the first write to such a page would stand still for minutes.
    return ["-accel", os.environ.get("ACCEL", "tcg,tb-size=32")]


def firmware(kind):
    if kind == "bios":
        return []
    for code, variables in FIRMWARE:
        if os.path.exists(code):
            return ["-drive", f"if=pflash,format=raw,readonly=on,file={code}",
                    "-drive", f"if=pflash,format=raw,snapshot=on,file={variables}"]
    raise FileNotFoundError("no UEFI firmware found (Debian: ovmf)")


def medium(kind, image):
    return {
        "cdrom": ["-cdrom", image],
        "ide": ["-drive", f"if=ide,format=raw,snapshot=on,file={image}"],
        "usb": ["-device", "qemu-xhci", "-drive",
                f"if=none,id=stick,format=raw,snapshot=on,file={image}",
                "-device", "usb-storage,drive=stick,bootindex=0"],
    }[kind]


def arguments(config, image):
    """QEMU's command line but for its consoles."""
    line = ["qemu-system-x86_64", "-machine", config.machine, "-m", str(config.memory),
            "-smp", str(config.cpus), "-vga", config.vga, "-nic", "none", "-no-reboot"]
    line += accelerator(config.icount)
    line += ["-cpu", config.cpu or "max"]
    line += firmware(config.firmware) + medium(config.medium, image)
    return line + config.args.split()


def coloured(line):
    """A serial line without what terminals are told in it, but for the colours of init."""
    return ESCAPES.sub(lambda found: found[0] if COLOUR.fullmatch(found[0]) else "",
                       line.decode("utf-8", "replace")).strip("\r")


def clean(line):
    return COLOUR.sub("", coloured(line))


class Console:
    """A line of the guest as a pair of pipes: COM1, or the debug port of a guest without one, or COM2. A pipe
    holds a megabyte of single bytes, where a socket is full after some hundreds: the guest never
    waits for us, nor gives up waiting."""

    USUAL = 1 << 20
    DEVICES = {
        "serial": ["-serial", "chardev:console"],
        "debug-port": ["-serial", "none", "-device", "isa-debugcon,iobase=0xe9,chardev=console"],
        "none": ["-serial", "none"],
        "com2": ["-serial", "chardev:com2"]}

    def __init__(self, kind="serial"):
        name = "com2" if kind == "com2" else "console"
        self.folder = tempfile.mkdtemp(prefix="senary-console.")
        path = os.path.join(self.folder, name)
        for end in (".in", ".out"):
            os.mkfifo(path + end)
        self.output = os.open(path + ".out", os.O_RDONLY | os.O_NONBLOCK)
        self.input = os.open(path + ".in", os.O_RDWR)
        self.hold(self.USUAL)
        self.arguments = ["-chardev", f"pipe,id={name},path={path}"] + self.DEVICES[kind]

    def fileno(self):
        return self.output

    def read(self):
        """What has come, or nothing once QEMU has ended."""
        return os.read(self.output, 65536)

    def write(self, data):
        os.write(self.input, data)

    def hold(self, size):
        """From now on it is full when so much hasn't been read."""
        self.size = fcntl.fcntl(self.output, getattr(fcntl, "F_SETPIPE_SZ", 1031), size)

    def is_full(self):
        return int.from_bytes(fcntl.ioctl(self.output, termios.FIONREAD, bytes(4)), sys.byteorder) == self.size

    def close(self):
        os.close(self.output)
        os.close(self.input)
        shutil.rmtree(self.folder, ignore_errors=True)


def launch(line, console, **more):
    """Starts QEMU, still stopped; gives the process and its monitor."""
    monitor, its_monitor = socket.socketpair()
    line = line + console.arguments + [
        "-S", "-chardev", f"socket,id=monitor,fd={its_monitor.fileno()}",
        "-mon", "chardev=monitor,mode=control"]
    process = subprocess.Popen(line, stdin=subprocess.DEVNULL, pass_fds=[its_monitor.fileno()],
                               **more)
    its_monitor.close()
    return process, qmp.Qmp(monitor)


class Machine:
    """Started by `with`; whatever happens, the process is gone afterwards."""

    def __init__(self, config, image, log):
        self.log = log
        self.talks = config.console != "none"
        self.lines = []
        self.coloured = []
        self.rest = b""
        self.limit = time.monotonic() + config.limit
        self.console = Console(config.console)
        self.com2 = Console("com2") if config.com2 else None
        line = arguments(config, image) + [
            "-display", "none", "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
        if self.com2:
            self.console.arguments += self.com2.arguments
        self.process, self.qmp = launch(line, self.console, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE)

    def __enter__(self):
        try:
            self.qmp.start()
        except (qmp.Gone, TimeoutError, RuntimeError):
            self.process.kill()
            complaint = self.process.communicate()[1].decode("utf-8", "replace")
            self.close()
            raise OSError(f"QEMU did not start: {complaint.strip()}") from None
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        self.close()

    def close(self):
        self.qmp.sock.close()
        self.console.close()
        if self.com2:
            self.com2.close()
        with open(self.log, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in self.lines + [clean(self.rest)])

    def wait(self):
        """Waits for news: ("line", text), ("event", message), ("exit", status), ("limit", None)."""
        sources = [self.console, self.qmp] if self.talks else [self.qmp]
        while True:
            if b"\n" in self.rest:
                line, self.rest = self.rest.split(b"\n", 1)
                self.lines.append(clean(line))
                self.coloured.append(coloured(line))
                return "line", self.lines[-1]
            if self.qmp.events:
                return "event", self.qmp.events.pop(0)
            if not sources:
                return "exit", self.process.wait()
            if time.monotonic() > self.limit:
                return "limit", None
            left = max(0, self.limit - time.monotonic())
            ready, _, _ = select.select(sources, [], [], left)
            if self.console in ready:
                data = self.console.read()
                self.rest += data
                if not data:
                    sources.remove(self.console)
            if self.qmp in ready:
                try:
                    self.qmp.collect_events()
                except qmp.Gone:
                    sources.remove(self.qmp)

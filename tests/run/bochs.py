# SPDX-License-Identifier: MIT
"""Boots a configuration in Bochs, which is stricter than QEMU about what a CPU refuses.

Bochs has no isa-debug-exit: the kernel ends it by port 0x8900 and leaves its verdict as a line
`verdict: pass` or `verdict: fail` on the serial line, which Bochs writes to a file.
"""
import contextlib
import os
import re
import subprocess
import tempfile

from machine import clean

SETTINGS = """\
megs: {memory}
cpu: model={cpu}, count={cpus}, ips=200000000, reset_on_triple_fault=0
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
vga: extension={vga}
ata0-master: type=cdrom, path={image}, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={serial}
com2: enabled={enabled}, {com2}
display_library: rfb, options="timeout=0"
clock: sync=none
sound: driver=dummy
log: {folder}/bochs.log
panic: action=fatal
error: action=report
info: action=report
debug: action=ignore
"""


def settings(config, image, folder, com2):
    return SETTINGS.format(memory=config.memory, cpus=config.cpus, folder=folder,
                           cpu=config.cpu or "corei7_skylake_x",
                           vga="vbe" if config.vga == "std" else config.vga,
                           image=os.path.abspath(image), serial=serial_file(folder),
                           enabled=int(config.com2), com2=com2)


def serial_file(folder):
    """What the machine says on its first serial line."""
    return os.path.join(folder, "serial")


@contextlib.contextmanager
def started(config, image, folder, com2="mode=null"):
    """Bochs at work with what it needs in the folder; `com2` says where that line leads."""
    with open(os.path.join(folder, "settings"), "w", encoding="utf-8") as file:
        file.write(settings(config, image, folder, com2))
    # Debian's Bochs is built with its debugger, which waits for a command at the start.
    with open(os.path.join(folder, "commands"), "w", encoding="utf-8") as file:
        file.write("c\n")
    process = subprocess.Popen(
        ["bochs", "-q", "-f", "settings", "-rc", "commands"], cwd=folder,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def boot(config, image, log, watch):
    """Gives the name of the end, like QEMU's."""
    hung = False
    with tempfile.TemporaryDirectory(prefix="senary-bochs.") as folder:
        with started(config, image, folder) as process:
            try:
                process.wait(config.limit)
            except subprocess.TimeoutExpired:
                hung = True
        lines = collect(folder, log)
    for line in lines:
        watch.line(line)
    verdict = [m[1] for m in (re.match(r"verdict: (\w+)", line) for line in lines) if m]
    if hung:
        return f"no end within {config.limit} s"
    if not verdict:
        return f"an end of Bochs ({process.returncode}) without a verdict"
    return "verdict" if verdict == ["pass"] else "failure"


def serial_lines(folder):
    if not os.path.exists(serial_file(folder)):
        return []
    with open(serial_file(folder), "rb") as file:
        return [clean(line) for line in file.read().split(b"\n")]


def collect(folder, log):
    """The serial lines; the log also gets what Bochs itself had to say."""
    messages = os.path.join(folder, "bochs.log")
    lines, said = serial_lines(folder), []
    if os.path.exists(messages):
        with open(messages, encoding="utf-8", errors="replace") as file:
            said = [line.rstrip() for line in file if re.match(r"\d+[ep]\[", line)]
    with open(log, "w", encoding="utf-8") as file:
        file.write("\n".join(lines + ["", "Bochs:"] + said[-40:]) + "\n")
    return lines

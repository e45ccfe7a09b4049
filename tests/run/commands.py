# SPDX-License-Identifier: MIT
"""Tests of what a person types: make run with and without a terminal, make deps, make debug."""
import contextlib
import os
import pty
import select
import shutil
import stat
import subprocess
import sys
import tempfile
import time

import configurations
import image
import paths

LIMIT = 60
LEAVE = b"\x01x"
NO_DISPLAY = {"DISPLAY": "", "WAYLAND_DISPLAY": ""}


def runner(command, path, **more):
    """`make run` from the point where the image is made: the same program, another image."""
    return image.output_of([sys.executable, os.path.dirname(os.path.abspath(__file__)), command],
                           env=dict(os.environ, SENARY_IMAGE=path, **NO_DISPLAY), **more)


def expect(report, name, found, status, text):
    if found[0] != status:
        report.failed(name, f"exit status {found[0]} instead of {status}", tail=found[1])
    elif not any(text in line for line in found[1]):
        report.failed(name, f"it never said: {text}", tail=found[1])
    else:
        report.passed(name)


@contextlib.contextmanager
def typed(text):
    with tempfile.TemporaryFile() as file:
        file.write(text)
        file.seek(0)
        yield file


def run_without_terminal(report):
    status, lines = image.make(paths.TOP, "run", **NO_DISPLAY)
    expect(report, "make_run_with_empty_input_ends_once_init_is_ready", (status, lines), 0,
           "init: ready")
    released = os.path.join(paths.BUILD, "senary.iso")
    closed = subprocess.run(
        ["sh", "-c", f"exec '{sys.executable}' tests/run run <&-"], cwd=paths.TOP, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=LIMIT,
        env=dict(os.environ, SENARY_IMAGE=released, **NO_DISPLAY))
    expect(report, "make_run_with_closed_input_ends_once_init_is_ready",
           (closed.returncode, closed.stdout.splitlines()), 0, "init: ready")


def run_with_a_pipe(report):
    """Its commands are run, to the last one, and then the machine ends in good order."""
    name = "make_run_does_what_is_piped_into_it"
    with typed(b"ps; poweroff\n") as file:
        found = image.make(paths.TOP, "run", stdin=file, **NO_DISPLAY)
    if not any(line.endswith("  shell") for line in found[1]):
        report.failed(name, "ps shows no shell", tail=found[1])
    else:
        expect(report, name, found, 0, "init: the services end, then the system is switched off")
    released = os.path.join(paths.BUILD, "senary.iso")
    with typed(b"".join(b"more %d\n" % number for number in range(100)) + b"echo over $?") as file:
        expect(report, "make_run_with_piped_input_ends_at_its_end",
               runner("run", released, stdin=file), 0, "over 127")


def run_in_terminal(report):
    name = "make_run_in_a_terminal_is_left_by_ctrl_a_x"
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(paths.TOP)
        os.environ.update(NO_DISPLAY)
        os.execvp(sys.executable, [sys.executable, "tests/run", "run"])
    seen, left, deadline = b"", False, time.monotonic() + LIMIT
    while select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
        try:
            data = os.read(terminal, 4096)
        except OSError:     # how a terminal says that its last user has gone
            data = b""
        if not data:
            break
        seen += data
        if b"init: ready" in seen and not left:
            left = True
            os.write(terminal, LEAVE)
    else:
        os.kill(child, 15)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    expect(report, name, (status, seen.decode("utf-8", "replace").splitlines()), 0,
           "Leave with Ctrl-A X")


def run_to_other_ends(report):
    outside = os.path.join(paths.BUILD, "outside", "senary.iso")
    if os.path.exists(outside):
        expect(report, "make_run_ends_with_0_after_an_orderly_power_off",
               runner("run", outside), 0, "outside: all is well")
    panic = next(c for c in configurations.load() if c.name == "refuses_to_run_without_init")
    expect(report, "make_run_fails_after_a_panic", runner("run", paths.image(panic)), 3,
           "PANIC")


def debug(report):
    name = "make_debug_stops_in_kernel_main_with_symbols"
    if not shutil.which("gdb"):
        report.skipped(name, "no gdb")
        return
    released = os.path.join(paths.BUILD, "senary.iso")
    expect(report, name, runner("debug", released), 0, "kernel/boot/main.c")


def fake(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + text)
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)


def deps(report):
    """With an apt-get that only tells that it was called."""
    with tempfile.TemporaryDirectory(prefix="senary-deps.") as folder:
        fake(folder, "apt-get", "echo called: apt-get $*\n")
        fake(folder, "apt-cache", "exit 0\n")
        path = folder + ":" + os.environ["PATH"]
        status, lines = image.make(paths.TOP, "deps", PATH=path)
        name = "make_deps_calls_no_package_manager_when_nothing_is_missing"
        if status or any("apt-get" in line for line in lines):
            report.failed(name, f"exit status {status}", tail=lines)
        else:
            report.passed(name)
        missing = os.path.join(folder, "nowhere")
        fake(folder, "id", "echo 0\n")
        expect(report, "make_deps_installs_what_is_missing",
               image.make(paths.TOP, "deps", PATH=path, FONT=missing), 0,
               "called: apt-get install -y --no-install-recommends console-setup-linux")
        fake(folder, "id", "echo 1000\n")
        fake(folder, "sudo", "exit 1\n")
        expect(report, "make_deps_without_root_tells_what_to_install",
               image.make(paths.TOP, "deps", PATH=path, FONT=missing), 2,
               "apt-get install -y --no-install-recommends console-setup-linux")


def run(report):
    for test in (run_without_terminal, run_with_a_pipe, run_in_terminal, run_to_other_ends, debug, deps):
        try:
            test(report)
        except Exception as error:      # one broken test, and the others go on
            report.failed(f"commands_{test.__name__}", f"{type(error).__name__}: {error}")

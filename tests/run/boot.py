# SPDX-License-Identifier: MIT
"""Boots configurations and judges them. Only what the guest says or does passes: an exit by
isa-debug-exit, an orderly end, a line together with a stopped CPU. Silence is a failure."""
import concurrent.futures
import os
import re
import time

import bochs
import machine
import paths
import picture
import qmp
import screen

TEST_LINE = re.compile(r"TEST (\S+) (PASS|FAIL|SKIP)(?: (.*))?$")
LEFT_OUT = re.compile(r"tests: \d+ run, (\d+) left out")
AFTER_PANIC = 5     # seconds for the rest of a panic's report
LOOKS = 50          # at a CPU that is to be idle
NMIS = 10           # after each line of a test, where a configuration wants them
GRACE = 10          # seconds for the last lines on the screen, and for the CPU to stop


class Failure(Exception):
    pass


class Watch:
    """What has been seen of one boot so far."""

    def __init__(self, config, report):
        self.config = config
        self.report = report
        self.wanted = config.lines.strip().splitlines()
        self.tests = 0
        self.left_out = None
        self.failed = []
        self.panic = None
        self.seen_once = 0
        self.ended = None

    def line(self, text):
        if self.wanted and re.search(self.wanted[0], text):
            self.wanted.pop(0)
        test = TEST_LINE.match(text)
        if test:
            self.tests += 1
            if test[2] == "FAIL":
                self.failed.append(test[1])
            self.report.add_inner(test[1], test[2], test[3] or "")
        left_out = LEFT_OUT.match(text)
        if left_out:
            self.left_out = int(left_out[1])
        if self.config.once and re.search(self.config.once, text):
            self.seen_once += 1
        if text.startswith("PANIC") and self.panic is None:
            self.panic = text

    def satisfied(self):
        """A boot that doesn't end by itself has said all that it had to say."""
        return self.config.expect in ("stop", "lines", "idle") and not self.wanted

    def judge(self, how):
        """How it ended, against what was expected: returns for a pass, raises Failure otherwise."""
        if self.failed and self.config.expect != "failure":
            raise Failure(f"{len(self.failed)} tests failed in it: {' '.join(self.failed[:5])}")
        if how != self.config.expect:
            raise Failure(f"{how} instead of {self.config.expect}"
                          + (f" ({self.panic})" if self.panic else ""))
        if self.wanted:
            raise Failure(f"the line never came: {self.wanted[0]}")
        if self.config.once and self.seen_once != 1:
            raise Failure(f"{self.seen_once} lines are {self.config.once}")
        if how == "verdict" and self.config.console != "none":
            self.judge_tests()

    def judge_tests(self):
        """What is called a boot of all tests leaves none out, and others some."""
        if not self.tests or self.left_out is None:
            raise Failure("a verdict without tests")
        if (self.config.tests == "tests") != (self.left_out == 0):
            raise Failure(f"{self.left_out} tests were left out")

    def summary(self):
        if not self.tests or self.left_out is None:
            return ""
        return f"{self.tests} tests" + (f", {self.left_out} left out" if self.left_out else "")


def registers(guest):
    """Where a machine that hangs is."""
    try:
        return guest.qmp.monitor("info registers").replace("\r", "").splitlines()[:12]
    except (qmp.Gone, RuntimeError, TimeoutError):
        return []


def is_halted(guest, interrupts):
    """The CPU is halted, with interrupts on or off."""
    text = guest.qmp.monitor("info registers")
    flags = int(re.search(r"[ER]FL=([0-9a-f]+)", text)[1], 16)
    return "HLT=1" in text and bool(flags & 0x200) == interrupts


def is_idle(guest):
    """It waits for interrupts whenever one looks."""
    for _ in range(LOOKS):
        if not is_halted(guest, interrupts=True):
            return False
        time.sleep(0.02)
    return True


def await_true(what, question, seconds):
    deadline = time.monotonic() + seconds
    while not question():
        if time.monotonic() > deadline:
            raise Failure(what)
        time.sleep(0.1)


def check_screen(guest, config, seconds):
    """Every pattern stands on the screen. It may be drawn a moment after the serial line."""
    missing = []

    def complete():
        text = "\n".join(screen.read(guest.qmp, paths.log_file(config.name) + ".ppm"))
        missing[:] = [p for p in config.screen.strip().splitlines()
                      if not re.search(p, text, re.MULTILINE)]
        return not missing

    try:
        await_true("", complete, seconds)
    except Failure:
        raise Failure(f"not on the screen: {missing[0]}") from None


def read_on(guest, seconds):
    """Reads serial lines that come within so many seconds."""
    limit, guest.limit = guest.limit, time.monotonic() + seconds
    while guest.wait()[0] == "line":
        pass
    guest.limit = limit


def check_picture(guest, config):
    """The picture is what the log and what was printed make, to the last pixel. Lines may still come."""
    wrong = []

    def complete():
        read_on(guest, 0.3)
        try:
            picture.check(guest.qmp, paths.log_file(config.name) + ".ppm", config, guest.coloured)
        except picture.Wrong as difference:
            wrong[:] = [str(difference)]
            return False
        return True

    try:
        await_true("", complete, GRACE)
    except Failure:
        raise Failure(f"on the screen: {wrong[0]}") from None
    try:
        picture.check_mapping(guest.qmp, paths.log_file(config.name) + ".memory", config)
    except picture.Wrong as difference:
        raise Failure(str(difference)) from None


def check_end(guest, config):
    """What is left to see once the lines have come; without lines, the screen takes its time."""
    if config.printed:
        check_picture(guest, config)
    if config.screen:
        check_screen(guest, config, GRACE if config.lines else config.limit)
    if config.expect == "stop":
        await_true("the CPU goes on instead of stopping", lambda: is_halted(guest, False), GRACE)
    if config.expect == "idle":
        await_true("the CPU is busy with something", lambda: is_idle(guest), GRACE)
    return config.expect


def exit_name(status, events):
    """An exit status of QEMU in our words. 2v+1 is a value v written to isa-debug-exit."""
    if status == 1:
        return "verdict"
    if status > 1 and status & 1:
        return "failure"
    for event in events:
        if event["event"] == "SHUTDOWN":
            reason = event["data"]["reason"]
            return {"guest-shutdown": "power-off", "guest-reset": "reset"}.get(reason, reason)
    return f"an exit of QEMU with {status}"


def shower(guest):
    """NMIs, wherever the guest happens to be; if it has ended meanwhile, its exit tells how."""
    try:
        for _ in range(NMIS):
            guest.qmp.command("inject-nmi")
    except qmp.Gone:
        pass


def follow(guest, watch):
    """Reads until the end; gives its name."""
    events = []
    if watch.satisfied():
        return check_end(guest, watch.config)
    while True:
        kind, what = guest.wait()
        if kind == "line":
            watch.line(what)
            if watch.config.nmi and what.startswith("TEST "):
                shower(guest)
            if watch.panic == what and not watch.satisfied():
                guest.limit = min(guest.limit, time.monotonic() + AFTER_PANIC)
            if watch.satisfied():
                return check_end(guest, watch.config)
        elif kind == "event":
            events.append(what)
        elif kind == "exit":
            return exit_name(what, events)
        else:
            guest.lines += ["", "registers at the end:"] + registers(guest)
            return "a panic" if watch.panic else f"no end within {watch.config.limit} s"


def one(config, report):
    """Boots one configuration and reports it."""
    log = paths.log_file(config.name)
    watch = Watch(config, report)
    start = time.monotonic()
    lines = []
    try:
        image = paths.image(config)
        if config.emulator == "bochs":
            how = bochs.boot(config, image, log, watch)
        else:
            with machine.Machine(config, image, log) as guest:
                lines = guest.lines
                how = follow(guest, watch)
        watch.judge(how)
        report.passed(config.name, reason=watch.summary(), seconds=time.monotonic() - start)
        return
    except Failure as failure:
        reason = str(failure)
    except qmp.Gone:
        reason = f"the machine ended instead of: {config.expect}"
    except Exception as error:  # a broken launcher is a failed test, and the others go on
        reason = f"{type(error).__name__}: {error}"
    if not lines and os.path.exists(log):
        with open(log, encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    report.failed(config.name, f"{reason} (log: {os.path.relpath(log, paths.TOP)})",
                  seconds=time.monotonic() - start, tail=lines)


def many(configs, report, others=(), beside=()):
    """The longest first, as many at a time as there are CPUs, and `others`, tests that need as much. Those
    `beside` hardly need a CPU: they go on at the same time."""
    order = sorted(configs, key=lambda config: -config.limit)
    cpus = os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(cpus) as pool, \
            concurrent.futures.ThreadPoolExecutor(1) as other:
        jobs = [pool.submit(test, report) for test in others]
        jobs += [pool.submit(one, config, report) for config in order]
        jobs += [other.submit(test, report) for test in beside]
        for job in jobs:
            job.result()

# SPDX-License-Identifier: MIT
"""Whether every place in the kernel that asks for memory has been refused it once: in the tests of
the debug kernel, or, what only a start or an end of the system reaches, in a boot of its own."""
import concurrent.futures
import dataclasses
import re

import boot
import configurations
import machine
import paths
from report import Report

NAME = "every_allocation_site_has_failed_once"
TESTED = "debug_kernel_boots"   # whose log lists the places
PLACES = re.compile(r"allocations: (\d+) places")
NEVER_FAILED = re.compile(r"allocations: (\S+:\d+) in \S+ never failed")
PANIC = re.compile(r"PANIC.*no memory")


def configuration(place):
    """A boot with two CPUs to an orderly power-off, in which the place's first request fails."""
    tested = next(c for c in configurations.load() if c.name == TESTED)
    return dataclasses.replace(
        tested, name="allocation_fails_in_" + re.sub(r"\W", "_", place), cpus=2,
        append=f"fail_site={place} end=off", expect="power-off",
        lines=rf"alloc .* {re.escape(place)} .* fails")


def copes(place, report):
    """The boot comes to its end and has lost nothing, or it panics and says why."""
    config = configuration(place)
    watch = boot.Watch(config, Report())    # its tests may fail: they aren't what is judged
    try:
        with machine.Machine(config, paths.image(config), paths.log_file(config.name)) as guest:
            how = boot.follow(guest, watch)
    except Exception as error:  # a broken launcher is a failed test, and the others go on
        report.failed(config.name, f"{type(error).__name__}: {error}")
        return False
    lost_nothing = any("nothing was lost" in line for line in guest.lines)
    panicked = watch.panic is not None and PANIC.match(watch.panic)
    if watch.wanted:
        report.failed(config.name, "it never asked", tail=guest.lines)
    elif not panicked and not (how == "power-off" and lost_nothing):
        report.failed(config.name, watch.panic or how, tail=guest.lines)
    else:
        report.passed(config.name)
        return True
    return False


def run(report):
    """After the boot that lists the places."""
    with open(paths.log_file(TESTED), encoding="utf-8") as file:
        text = file.read()
    count, left = PLACES.search(text), NEVER_FAILED.findall(text)
    if not count:
        report.failed(NAME, f"{TESTED} listed no places")
        return
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        bad = [place for place, good in zip(left, pool.map(lambda p: copes(p, report), left))
               if not good]
    if bad:
        report.failed(NAME, " ".join(bad))
    else:
        report.passed(NAME, reason=f"{count[1]} places, {len(left)} in boots of their own")

# SPDX-License-Identifier: MIT
"""The test runner, and what starts QEMU for `make run`, `bench` and `debug`.

    python3 tests/run test              everything but test-fresh
    python3 tests/run check             host tests, source checks, one boot
    python3 tests/run boot NAME ...     these configurations (of tests/boot/*.ini)
    python3 tests/run host|source|image host tests; checks of the sources and models; images, SDK, the tutorial, commands
    python3 tests/run serial            COM2 and the terminal at COM1 from the other end of the line
    python3 tests/run shell             the released system, typed at over COM1
    python3 tests/run lives             services of the released image die while somebody works at COM1
    python3 tests/run allocations       every place in the kernel that asks for memory, refused it
    python3 tests/run list              the configurations
    python3 tests/run picture FILE.png  the screen of the released image once init is ready
    python3 tests/run soak              memory, threads, processes at full length, for BUDGET minutes
    python3 tests/run run|bench|growth|debug|fresh
"""
import sys

import allocations
import boot
import commands
import configurations
import figures
import fresh
import host
import image
import interactive
import lives
import models
import paths
import screen
import serial
import shell
import soak
import source
import stack
import teardown
import terminal
import tutorial
import whole
from report import Report


def test(_):
    report = Report()
    source.run(report)
    whole.run(report)
    stack.run(report)
    teardown.run(report)
    models.run(report)
    host.run(report, seconds=3)
    boot.many(configurations.of_group("test"), report, others=(serial.run, terminal.run, shell.run, lives.run),
              beside=(image.run, commands.run, tutorial.run))
    allocations.run(report)
    source.features(report)
    return report.summary()


def check(_):
    report = Report()
    source.run(report)
    host.run(report, seconds=1)
    boot.many(configurations.of_group("check"), report)
    return report.summary()


def boot_named(names):
    report = Report()
    known = {config.name: config for config in configurations.load()}
    wrong = [name for name in names if name not in known]
    if wrong or not names:
        print(f"no such configuration: {' '.join(wrong)}" if wrong else "which configurations?")
        return 2
    boot.many([known[name] for name in names], report)
    return report.summary()


def only_host(_):
    report = Report()
    host.run(report, seconds=5)
    return report.summary()


def only_allocations(_):
    report = Report()
    boot.many([c for c in configurations.load() if c.name == allocations.TESTED], report)
    allocations.run(report)
    return report.summary()


def only_serial(_):
    report = Report()
    serial.run(report)
    terminal.run(report)
    return report.summary()


def only_shell(_):
    report = Report()
    shell.run(report)
    return report.summary()


def only_lives(_):
    report = Report()
    lives.run(report)
    return report.summary()


def only_image(_):
    report = Report()
    image.run(report)
    commands.run(report)
    tutorial.run(report)
    return report.summary()


def only_source(_):
    report = Report()
    source.run(report)
    models.run(report)
    return report.summary()


def picture(names):
    config = next(c for c in configurations.load() if c.name == "released_image_reaches_init")
    report = Report()
    boot.one(config, report)
    if not report.summary() and names:
        screen.save_png(screen.load_ppm(paths.log_file(config.name) + ".ppm"), names[0])
    return report.count("FAIL")


def show(_):
    for config in configurations.load():
        print(f"{config.name:44} {config.groups}")
    return 0


COMMANDS = {
    "test": test, "check": check, "boot": boot_named, "host": only_host, "source": only_source,
    "image": only_image, "allocations": only_allocations,
    "serial": only_serial, "shell": only_shell, "lives": only_lives,
    "list": show, "picture": picture, "run": interactive.run, "debug": interactive.debug, "bench": figures.run, "growth": figures.growth,
    "fresh": fresh.run, "soak": soak.run,
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        print(__doc__)
        sys.exit(2)
    try:
        sys.exit(COMMANDS[sys.argv[1]](sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(130)

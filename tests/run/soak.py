# SPDX-License-Identifier: MIT
"""`make test-soak BUDGET=minutes`: the tests of memory and of lives at full length, with new seeds.

Once: 100,000 shootdown rounds and 1,000,000 areas, clones and spaces on 4 CPUs; 1,000,000 threads and
100,000 processes that live and end, on 1 and on 4; 1,000,000 transfers through channels on 4; 1,000 lives of each
service of the released image. Then, until the time is up or something fails: streams of operations beside a
model, booted with 4 CPUs and on the host, and the fuzzers. What is begun is ended, so a small budget is exceeded.
Seeds are printed.
"""
import dataclasses
import os
import random
import time

import boot
import configurations
import host
import lives
from report import Report

SHOOTDOWNS = 100_000
CYCLES = 1_000_000
LIVES = 1_000_000           # of threads; of processes a tenth
TRANSFERS = 1_000_000       # through channels
OPERATIONS = 100_000        # of each of the two ways in a boot
BOOT_LIMIT = 3 * 3600
FUZZERS = ("fuzz_vm_stream", "fuzz_page_tree", "fuzz_vm_mapping", "fuzz_frame")
FUZZ_SHARE = 10             # one second in so many is a fuzzer's


def machine(name, words, build="release"):
    base = next(c for c in configurations.load() if c.name == "memory_is_what_a_model_says_on_4_cpus")
    return dataclasses.replace(base, name=name, append=words, lines="audit .* frames", build=build,
                               limit=BOOT_LIMIT)


def full_numbers(report):
    words = f"shootdown={SHOOTDOWNS} cycles={CYCLES} vm_stream={OPERATIONS} seed={new_seed()}"
    print(f"    {words}", flush=True)
    boot.one(machine("soak_full_numbers", words), report)


def full_lives(report):
    for cpus in 1, 4:
        config = dataclasses.replace(machine(f"soak_lives_on_{cpus}_cpus", f"lives={LIVES}"),
                                     cpus=cpus, lines="lives: .* processes\nlives: .* threads")
        boot.one(config, report)


def full_transfers(report):
    words = f"transfers={TRANSFERS} seed={new_seed()}"
    print(f"    {words}", flush=True)
    config = dataclasses.replace(machine("soak_transfers", words),
                                 lines=f"channels: {TRANSFERS} transfers")
    boot.one(config, report)


def new_seed():
    return random.randrange(1, 1 << 31)


class Streams:
    """What has been done with new seeds."""

    def __init__(self, report):
        self.report = report
        self.boots = self.host_runs = 0

    def boot(self):
        """One stream that the CPUs take turns at, and one for each of them at once."""
        seed = new_seed()
        build = "debug" if self.boots % 4 == 3 else "release"
        print(f"    seed={seed} {build}", flush=True)
        boot.one(machine("soak_streams", f"vm_stream={OPERATIONS} seed={seed}", build), self.report)
        self.boots += 1

    def host(self):
        seed = new_seed()
        status, text = host.output_of([os.path.join(host.PROGRAMS, "test_vm_stream")],
                                      env=dict(os.environ, TEST_SEED=str(seed)))
        if status:
            self.report.failed("soak_host_stream", f"TEST_SEED={seed}", tail=text.splitlines())
        self.host_runs += 1

    def fuzz(self, seconds):
        for name in FUZZERS:
            host.fuzz(name, max(1, int(seconds / len(FUZZERS))), new_seed(), self.report)


def run(_):
    report = Report()
    budget = 60 * float(os.environ.get("BUDGET", "60"))
    deadline = time.monotonic() + budget
    full_numbers(report)
    full_lives(report)
    full_transfers(report)
    lives.soak(report)
    streams = Streams(report)
    while time.monotonic() < deadline and not report.count("FAIL"):     # its log stays
        start = time.monotonic()
        streams.boot()
        streams.host()
        streams.fuzz((time.monotonic() - start) / FUZZ_SHARE)
    operations = 5 * OPERATIONS * streams.boots
    print(f"\n{streams.boots} boots with {operations} operations, {streams.host_runs} runs on the host")
    return report.summary()

# SPDX-License-Identifier: MIT
"""That the boots which take a sample of the tests leave enough that run all of them: one at least of
each kernel on one, two and four CPUs, and of what changes how all of the kernel runs."""
import configurations

NAME = "all_tests_run_wherever_that_matters"

KINDS = {
    **{f"{build}, {cpus} CPUs": {"emulator": "qemu", "build": build, "cpus": cpus, "append": ""}
       for build in ("release", "debug") for cpus in (1, 2, 4)},
    "clang": {"build": "clang", "append": ""},
    "the slow path of calls": {"append": "ipc=slow"},
    "Bochs": {"emulator": "bochs", "cpus": 1},
    "delays": {"build": "debug", "cpus": 4, "append": "delays=1 failures=100"},
    "little memory": {"memory": "16"},
    "UEFI": {"firmware": "uefi"},
    "NMIs": {"nmi": True},
    "a CPU with few features": {"cpu": "qemu64"},
    "one with most": {"cpu": ""},
}


def run(report):
    whole = [config for config in configurations.of_group("test") if config.is_whole]
    missing = [kind for kind, wanted in KINDS.items()
               if not any(wanted.items() <= vars(config).items() for config in whole)]
    if missing:
        report.failed(NAME, "no boot: " + "; ".join(missing))
    else:
        report.passed(NAME, reason=f"{len(whole)} boots")

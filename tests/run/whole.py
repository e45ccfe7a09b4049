# SPDX-License-Identifier: MIT
"""That enough boots are left which run all tests, or all of the kernel: one at least of each kernel on one,
two and four CPUs, and of what changes how all of the kernel runs."""
import configurations

NAME = "all_tests_run_wherever_that_matters"

# By the tests that it takes at least.
KINDS = {
    "tests": {
        "release": {"build": "release", "cpus": 1, "append": ""},
        "release, 4 CPUs": {"build": "release", "cpus": 4, "append": ""},
        "debug": {"build": "debug", "cpus": 1, "append": ""},
        "delays": {"build": "debug", "cpus": 4, "append": "delays=1 failures=100"},
        "clang": {"build": "clang", "append": ""},
        "Bochs": {"emulator": "bochs", "cpus": 1},
        "little memory": {"memory": "16"},
    },
    "kernel": {
        **{f"{build}, {cpus} CPUs": {"emulator": "qemu", "build": build, "cpus": cpus, "append": ""}
           for build in ("release", "debug") for cpus in (1, 2, 4)},
        "clang, 4 CPUs": {"build": "clang", "cpus": 4, "append": ""},
        "the slow path of calls": {"append": "ipc=slow"},
        "UEFI": {"firmware": "uefi"},
        "NMIs": {"nmi": True, "cpus": 4},
        "a CPU with few features": {"cpu": "qemu64"},
        "one with most": {"cpu": ""},
    },
}


def is_there(boots, wanted):
    return any(wanted.items() <= vars(config).items() for config in boots)


def run(report):
    boots = configurations.of_group("test")
    taking = {"tests": [config for config in boots if config.tests == "tests"]}
    taking["kernel"] = taking["tests"] + [config for config in boots if config.tests == "kernel"]
    missing = [f"{tests}: {kind}" for tests, kinds in KINDS.items() for kind, wanted in kinds.items()
               if not is_there(taking[tests], wanted)]
    if missing:
        report.failed(NAME, "no boot: " + "; ".join(missing))
    else:
        report.passed(NAME, reason=f"{len(taking['tests'])} boots of all, {len(taking['kernel'])} of the kernel")

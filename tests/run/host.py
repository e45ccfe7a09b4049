# SPDX-License-Identifier: MIT
"""Runs the host's unit tests (cmocka programs) and, for some seconds each, the fuzz targets."""
import concurrent.futures
import glob
import os
import random
import re
import subprocess
import time

import paths

LIMIT = 120
TAP = re.compile(r"(ok|not ok) \d+ (- |# SKIP )(\S+)")    # cmocka calls a skipped test not ok
PROGRAMS = os.path.join(paths.BUILD, "host")


def sources(folder, prefix):
    """Names of the tests that the tree has: each must have been built."""
    found = glob.glob(os.path.join(paths.TOP, "tests", folder, prefix + "*.c"))
    return sorted(os.path.splitext(os.path.basename(path))[0] for path in found)


def output_of(command, **more):
    """(exit status or None after the limit, output)"""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, timeout=LIMIT, check=False, **more)
        return done.returncode, done.stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"").decode("utf-8", "replace")
    except OSError as error:
        return None, str(error)


def tap_results(lines):
    """(name, result, what was said of it) for each test in cmocka's output."""
    results = []
    for line in lines:
        found = TAP.match(line)
        if found:
            result = {"ok": "PASS", "not ok": "FAIL"}[found[1]]
            results.append([found[3], "SKIP" if "SKIP" in found[2] else result, []])
        elif line.startswith("# ") and results and results[-1][1] == "FAIL":
            results[-1][2].append(line[2:])
    return results


def unit(name, report):
    start = time.monotonic()
    status, text = output_of([os.path.join(PROGRAMS, name)],
                             env=dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP"))
    lines = text.splitlines()
    results = tap_results(lines)
    for test, result, said in results:
        report.add_inner(test, result, f"in {name}: {'; '.join(said[:3])}")
    seconds = time.monotonic() - start
    if status == 0 and results:
        report.passed(name, reason=f"{len(results)} tests", seconds=seconds)
    elif status is None:
        report.failed(name, f"no end within {LIMIT} s, or no start", seconds=seconds, tail=lines)
    else:
        report.failed(name, f"exit status {status}, {len(results)} results", seconds=seconds,
                      tail=lines)


def fuzz(name, seconds, seed, report):
    """The corpus first, then new inputs. What crashes stays in build/fuzz/."""
    program = os.path.join(PROGRAMS, name)
    corpus = os.path.join(paths.TOP, "tests", "fuzz", "corpus", name.removeprefix("fuzz_"))
    found = os.path.join(paths.BUILD, "fuzz", name)
    os.makedirs(found, exist_ok=True)
    corpora = [found] + ([corpus] if os.path.isdir(corpus) else [])
    start = time.monotonic()
    status, text = output_of([program, "-runs=0"] + corpora[1:])
    if status == 0:
        status, text = output_of(
            [program, f"-max_total_time={seconds}", f"-seed={seed}", "-print_final_stats=1",
             "-timeout=10", f"-artifact_prefix={found}-"] + corpora)
    runs = re.search(r"number_of_executed_units:\s*(\d+)", text)
    took = time.monotonic() - start
    if status == 0 and runs:
        report.passed(name, reason=f"{runs[1]} inputs, seed {seed}", seconds=took)
    else:
        report.failed(name, f"exit status {status}, seed {seed}; inputs at build/fuzz/{name}-*",
                      seconds=took, tail=text.splitlines())


def run(report, seconds):
    """Everything; `seconds` is the time for each fuzz target, FUZZ_SECONDS overrides it."""
    seconds = int(os.environ.get("FUZZ_SECONDS", seconds))
    seed = int(os.environ.get("SEED", random.randrange(1, 1 << 31)))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        jobs = [pool.submit(unit, name, report) for name in sources("host", "test_")]
        jobs += [pool.submit(fuzz, name, seconds, seed, report)
                 for name in sources("fuzz", "fuzz_")]
        for job in jobs:
            job.result()

# SPDX-License-Identifier: MIT
"""The models of protocols (tests/models/*.pml): spin walks through every order of their steps. Each has
bugs on request, BUG=1 and so on, which it must find: a model that finds nothing proves nothing."""
import concurrent.futures
import glob
import os
import re
import subprocess

import paths

FOLDER = os.path.join(paths.TOP, "tests", "models")
BUGS = re.compile(r"^ \* +(\d+)  ", re.MULTILINE)
DEPTH = 1000000
SECONDS = 120


def check(model, bug):
    """What spin says of a model: (errors, states, its words)."""
    name = os.path.splitext(os.path.basename(model))[0]
    folder = os.path.join(paths.BUILD, "models", f"{name}.{bug}")
    os.makedirs(folder, exist_ok=True)
    effort = "-O0" if bug else "-O1"    # a bug is found long before all states have been seen
    for command in (["spin", "-a", f"-DBUG={bug}", model],
                    ["cc", effort, "-DSAFETY", "-DCOLLAPSE", "-w", "-o", "pan", "pan.c"]):
        subprocess.run(command, cwd=folder, check=True, timeout=SECONDS, stdout=subprocess.DEVNULL)
    words = subprocess.run(["./pan", f"-m{DEPTH}"], cwd=folder, check=False, timeout=SECONDS,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    errors = re.search(r"errors: (\d+)", words)
    states = re.search(r"(\d+) states, stored", words)
    whole = "Search not completed" not in words and "max search depth too small" not in words
    if not errors or not states or (bug == 0 and not whole):
        return None, 0, words
    return int(errors[1]), int(states[1]), words


def bugs_of(model):
    with open(model, encoding="utf-8") as file:
        return [int(number) for number in BUGS.findall(file.read())]


def judge(report, model, right, wrong):
    """`right`: what spin says of the model; `wrong`: of it with each of its bugs."""
    name = "model_of_" + os.path.splitext(os.path.basename(model))[0]
    errors, states, words = right.result()
    missed = [bug for bug, check_of_bug in wrong.items() if not check_of_bug.result()[0]]
    if errors != 0:
        report.failed(name, "spin found an error", tail=words.splitlines()[-25:])
    elif missed or not wrong:
        report.failed(name, f"bugs that it doesn't find: {missed or 'it has none'}")
    else:
        report.passed(name, reason=f"{states} states, {len(wrong)} bugs found")


def run(report):
    models = sorted(glob.glob(os.path.join(FOLDER, "*.pml")))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        right = {model: pool.submit(check, model, 0) for model in models}
        wrong = {model: {bug: pool.submit(check, model, bug) for bug in bugs_of(model)}
                 for model in models}
        for model in models:
            judge(report, model, right[model], wrong[model])

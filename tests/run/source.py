# SPDX-License-Identifier: MIT
"""Checks of the tree itself: that includes point downwards only, that the compiler refuses to use
user pointers as pointers, and that every test which docs/features.md names has run."""
import glob
import os
import re
import shutil
import subprocess

import paths

# Lowest first. A file belongs to the longest path that fits; it includes equal or lower.
LAYERS = ["include/j6", "lib", "arch", "kernel/base", "arch/x86_64", "mm", "kernel", "ipc",
          "kernel/syscall", "kernel/boot kernel/test"]
KERNEL = ("arch", "kernel", "mm", "ipc")
USER = ("userland", "drivers", "docs")
INCLUDE = re.compile(r'^\s*[#%]\s*include\s+(?:"([^"]+)"|<(j6/[^>]+)>)', re.MULTILINE)
CLANG_FORMAT = 14
GENERATED = {"version.h", "offsets.inc", "fast_offsets.inc"}


def layer(path):
    """The place of a file among the layers, or None outside of them."""
    best = None
    for number, folders in enumerate(LAYERS):
        for folder in folders.split():
            if path.startswith(folder + "/") and (best is None or len(folder) > len(best[1])):
                best = number, folder
    return best[0] if best else None


def code_files():
    for top in ("include", "lib", *KERNEL, *USER):
        for pattern in ("c", "h", "asm", "inc", "def"):
            yield from sorted(glob.glob(f"{top}/**/*.{pattern}", root_dir=paths.TOP,
                                        recursive=True))


def includes(path):
    """What a file includes, as paths from the root of the tree."""
    with open(os.path.join(paths.TOP, path), encoding="utf-8") as file:
        text = file.read()
    for quoted, public in INCLUDE.findall(text):
        name = quoted or "include/" + public
        beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
        yield beside if os.path.exists(os.path.join(paths.TOP, beside)) else name


def wrong_includes():
    for path in code_files():
        top = path.split("/")[0]
        for name in includes(path):
            if name in GENERATED:
                continue
            target = name.split("/")[0]
            if top in USER:
                bad = target in KERNEL
            elif target in USER or target in ("tests", "drivers"):
                bad = True
            else:
                bad = layer(name) is not None and layer(name) > layer(path)
            if bad:
                yield f"{path} includes {name}"


def formatting(report):
    """Versions of clang-format differ in details: only the one that the tree is kept with counts."""
    name = "code_is_formatted"
    version = shutil.which("clang-format") and subprocess.run(
        ["clang-format", "--version"], stdout=subprocess.PIPE, text=True, check=False).stdout
    if not version or f"version {CLANG_FORMAT}." not in version:
        report.skipped(name, f"there is no clang-format {CLANG_FORMAT}")
        return
    files = [path for path in code_files() if path.endswith((".c", ".h"))]
    done = subprocess.run(["clang-format", "--dry-run", *files], cwd=paths.TOP, text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    wrong = [line for line in done.stderr.splitlines() if "warning:" in line]
    if wrong or done.returncode:
        report.failed(name, f"{len(wrong)} places; make format mends them", tail=wrong)
    else:
        report.passed(name)


# The body of a function of a user pointer `user`, and whether it is C.
USER_PTR_USES = {
    "return user.address != 0;": True,
    "return *user;": False,
    "return user[0];": False,
    "return user->address != 0;": False,
    "return *(int *)user;": False,
    "int *plain = user; return *plain;": False,
    "memcpy(&user, user, 1); return 0;": False,
}


def compiles(body):
    code = ('#include "lib/string.h"\n#include "mm/user_copy.h"\n'
            f"int use(struct user_ptr user);\nint use(struct user_ptr user) {{ {body} }}\n")
    done = subprocess.run(["gcc", "-std=gnu11", "-ffreestanding", "-fsyntax-only", "-Wall",
                           "-I.", "-Iinclude", "-xc", "-"], cwd=paths.TOP, input=code, text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def user_pointers(report):
    name = "user_pointers_are_no_pointers_to_the_compiler"
    wrong = [f"{body} {'is refused' if is_c else 'compiles'}"
             for body, is_c in USER_PTR_USES.items() if compiles(body) != is_c]
    if wrong:
        report.failed(name, f"{len(wrong)} uses", tail=wrong)
    else:
        report.passed(name)


# Who may call what blocks threads or makes them ready: nobody else calls the scheduler to wait.
SCHEDULING = {
    "sched_mark_blocked": ["kernel/wait.c"],
    "sched_wake": ["kernel/wait.c", "kernel/thread.c"],
    "sched_hand_over": ["kernel/wait.c"],
    "sched_summon": ["kernel/wait.c"],
    "sched_add": ["kernel/thread.c"],
    "sched_exit": ["kernel/thread.c"],
    "sched_yield": ["kernel/syscall/sys_process.c"],
}


def scheduling(report):
    name = "only_the_wait_primitive_and_the_lives_of_threads_call_the_scheduler"
    wrong = []
    for path in code_files():
        if not path.endswith(".c") or path.startswith("kernel/sched"):
            continue
        with open(os.path.join(paths.TOP, path), encoding="utf-8") as file:
            text = file.read()
        wrong += [f"{path} calls {callee}" for callee, callers in SCHEDULING.items()
                  if path not in callers and re.search(rf"\b{callee}\(", text)]
    if wrong:
        report.failed(name, f"{len(wrong)} calls", tail=wrong)
    else:
        report.passed(name)


def run(report):
    wrong = list(wrong_includes())
    if wrong:
        report.failed("layers_include_downwards_only", f"{len(wrong)} wrong includes", tail=wrong)
    else:
        report.passed("layers_include_downwards_only")
    scheduling(report)
    formatting(report)
    user_pointers(report)


def feature_rows():
    """(feature, names of its tests) of the table in docs/features.md: feature, where, tests."""
    with open(os.path.join(paths.TOP, "docs", "features.md"), encoding="utf-8") as file:
        for line in file:
            columns = [column.strip() for column in re.split(r"(?<!\\)\|", line)[1:-1]]
            if len(columns) >= 3 and not set(columns[0]) <= set("-: "):
                yield columns[0], re.findall(r"`([^`]+)`", columns[-1])


def features(report):
    name = "features_name_tests_that_ran"
    if not os.path.exists(os.path.join(paths.TOP, "docs", "features.md")):
        report.skipped(name, "no docs/features.md yet")
        return
    missing, rows = [], 0
    for feature, tests in feature_rows():
        if feature.lower() == "feature" or feature.lower() == "id":
            continue
        rows += 1
        if not tests:
            missing.append(f"{feature}: names no test")
        missing += [f"{feature}: {test} {report.results.get(test, 'did not run')}"
                    for test in tests if report.results.get(test) != "PASS"]
    if missing or not rows:
        report.failed(name, f"{len(missing)} missing, {rows} features", tail=missing)
    else:
        report.passed(name, reason=f"{rows} features")

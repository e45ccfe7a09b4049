# SPDX-License-Identifier: MIT
"""Sessions at the shell, as they look on the screen: tests/shell/*.session. How they are written: tests/shell/README.md."""
import glob
import os
import re
import time

import paths
from typist import Wrong

# What init and the log write comes when it comes.
OTHERS = re.compile(r"\[[ a-z]{7}\] .*|\[ *\d+\.\d{6}\] .*")
TORN = re.compile(r"(/\S*) >")      # a prompt that is drawn again behind such a line
COMMAND = re.compile(r"(!?)(/\S*) > (.*)")


class Session:
    """A name, and (failed, prompt, command, wanted rows) for each command."""

    def __init__(self, name):
        self.name = name
        self.steps = []

    def add(self, line):
        found = COMMAND.fullmatch(line)
        if found:
            self.steps.append((bool(found[1]), found[2] + " > ", found[3], []))
        elif self.steps:
            self.steps[-1][3].append(line)
        elif line:
            raise ValueError(f"{self.name}: no command stands before {line!r}")


def load():
    sessions = []
    for path in sorted(glob.glob(os.path.join(paths.TOP, "tests", "shell", "*.session"))):
        with open(path, encoding="utf-8") as file:
            for line in file.read().splitlines():
                if line.startswith("== "):
                    sessions.append(Session(line[3:]))
                elif not line.startswith("# ") and sessions:
                    sessions[-1].add(line)
    for session in sessions:
        for step in session.steps:
            while step[3] and not step[3][-1]:
                step[3].pop()
    return sessions


def is_like(wanted, row):
    return re.fullmatch(wanted[2:], row) if wanted.startswith("~ ") else wanted == row


def is_others(found):
    torn = TORN.fullmatch(found[0]) and len(found) > 1 and OTHERS.fullmatch(found[1])
    return torn or OTHERS.fullmatch(found[0])


def differs(wanted, found):
    """What the first difference is; None: there is none. A row `…` stands for any number of rows."""
    if wanted and wanted[0] == "…":
        rest = [differs(wanted[1:], found[skipped:]) for skipped in range(len(found) + 1)]
        return None if None in rest else f"nothing like {wanted[1]!r} among {found}"
    if wanted and found and is_like(wanted[0], found[0]):
        return differs(wanted[1:], found[1:])
    if found and is_others(found):
        difference = differs(wanted, found[1:])
        ends_a_line = found[1:2] == [""]    # behind which they came
        return differs(wanted, found[2:]) if difference and ends_a_line else difference
    if wanted and found:
        return f"{found[0]!r} instead of {wanted[0]!r}"
    return f"{wanted[0]!r} is missing" if wanted else f"more: {found[0]!r}" if found else None


def play(person, session):
    """Gives what is wrong, or None."""
    person.ask("cd /")
    wrong = None
    for failed, prompt, command, wanted in session.steps:
        if person.place() != prompt or person.succeeded() == failed:
            wrong = wrong or f"before {command!r} the prompt is {person.place()!r}" + \
                    f", and what was before {'succeeded' if person.succeeded() else 'failed'}"
        difference = differs(wanted, person.ask(command))
        wrong = wrong or difference and f"{command!r}: {difference}"
    return wrong


def run(person, report):
    """One that goes wrong doesn't keep the others from being played, unless no prompt comes."""
    for session in load():
        start = time.monotonic()
        try:
            wrong = play(person, session)
        except Wrong as reason:
            report.failed(session.name, str(reason))
            raise
        seconds = time.monotonic() - start
        if wrong:
            report.failed(session.name, wrong, seconds=seconds)
        else:
            report.passed(session.name, seconds=seconds)

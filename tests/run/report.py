# SPDX-License-Identifier: MIT
"""What passed and what failed: printed as it comes, counted at the end."""
import threading
import time

TAIL = 25


class Report:
    def __init__(self):
        self.lock = threading.Lock()
        self.started = time.monotonic()
        self.results = {}       # name: PASS, FAIL or SKIP; one failure anywhere is a failure
        self.reasons = {}

    def add(self, name, result, reason="", seconds=None, tail=()):
        """One result. `tail` is shown with a failure: the end of a log."""
        with self.lock:
            self._enter(name, result, reason)
            took = f" ({seconds:.1f} s)" if seconds is not None else ""
            print(f"{result} {name}{took}{': ' + reason if reason else ''}", flush=True)
            if result == "FAIL":
                for line in list(tail)[-TAIL:]:
                    print("    | " + line)

    def add_inner(self, name, result, reason=""):
        """The result of a test inside of something that is reported itself, on many machines maybe:
        only its first failure is news."""
        with self.lock:
            if self._enter(name, result, reason) and result == "FAIL":
                print(f"FAIL {name}: {reason}", flush=True)

    def _enter(self, name, result, reason):
        """Whether that changed what is known of the test: the worst result counts."""
        order = ["SKIP", "PASS", "FAIL"]
        known = self.results.get(name, "SKIP")
        self.results[name] = max(known, result, key=order.index)
        if result == "FAIL":
            self.reasons.setdefault(name, reason)
        return self.results[name] != known

    def passed(self, name, **more):
        self.add(name, "PASS", **more)

    def failed(self, name, reason, **more):
        self.add(name, "FAIL", reason, **more)

    def skipped(self, name, reason, **more):
        self.add(name, "SKIP", reason, **more)

    def count(self, result):
        return sum(1 for value in self.results.values() if value == result)

    def summary(self):
        """Prints the end of the report and gives the exit status."""
        print()
        for name, reason in self.reasons.items():
            print(f"failed: {name}: {reason}")
        skipped = [name for name, result in self.results.items() if result == "SKIP"]
        if skipped:
            print(f"{len(skipped)} skipped: {' '.join(skipped)}")
        print(f"{time.monotonic() - self.started:.0f} s")
        passed, failed = self.count("PASS"), self.count("FAIL")
        print(f"{passed} passed, {failed} failed", flush=True)
        return 0 if passed and not failed else 1

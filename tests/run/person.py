# SPDX-License-Identifier: MIT
"""Somebody who sits at the shell on COM1: types, and looks at a screen of 80 columns and 24 rows. What was asked is over
when the next prompt stands there; nothing goes by time."""
import re
import time

import sessions
import typist
import vt
from typist import PATIENCE, Wrong

BEGINS = re.compile(rb"\[ *0\.\d{6}\] Senary ")     # the kernel; before that GRUB paints
PROMPT = re.compile(r"(/\S*) > ")
SUCCEEDED = "1;32"      # colour of the directory in it


class Person(typist.Typist):
    """Rows are numbered from 0, the first that there was since the kernel began."""

    def __init__(self, line, prompt=None):
        super().__init__(line, prompt)
        self.expect_boot()

    def expect_boot(self):
        self.screen, self.seen, self.boots = vt.Screen(), b"", True

    def take(self):
        super().take()
        begin = BEGINS.search(self.seen) if self.boots else None
        if begin:
            self.boots, self.seen = False, self.seen[begin.start():]
        if not self.boots:
            try:
                self.screen.feed(self.seen)
            except vt.Unknown as what:
                raise Wrong(str(what)) from None
            self.seen = b""

    # ---- what stands there -------------------------------------------------------------------------

    def rows(self, first=0):
        return [self.screen.text(row) for row in range(first, len(self.screen.cells))]

    def place(self):
        """The prompt, with the directory."""
        return PROMPT.match(self.screen.text(self.screen.row) + " ")[0]

    def succeeded(self):
        """Did the command before this prompt?"""
        return self.screen.cells[self.screen.row][0][1] == SUCCEEDED

    def is_at_prompt(self, below=-1):
        """With nothing typed yet, in a row below that one."""
        screen = self.screen
        found = PROMPT.fullmatch(screen.before_cursor())
        return bool(found) and screen.row > below and screen.text(screen.row) + " " == found[0]

    # ---- waiting -----------------------------------------------------------------------------------

    def wait(self, question, what, patience=PATIENCE):
        """Reads until it is so."""
        limit = time.monotonic() + patience
        while not question():
            if time.monotonic() > limit:
                raise Wrong(f"{what} never came; the last rows: {self.rows()[-5:]}")
            self.read(limit)

    def await_prompt(self, below=-1, patience=PATIENCE):
        self.wait(lambda: self.is_at_prompt(below), "the prompt", patience)

    def await_row(self, pattern, first=0, count=1, patience=PATIENCE):
        """Until so many rows are like that, from that one on."""
        self.wait(lambda: sum(bool(re.fullmatch(pattern, row)) for row in self.rows(first)) >= count,
                  pattern, patience)

    # ---- commands ----------------------------------------------------------------------------------

    def enter(self, command):
        """Types it; gives the row where its prompt stands."""
        row = self.screen.row
        self.type(command.encode() + b"\r")
        return row

    def ask(self, command, patience=PATIENCE):
        """Types a command at a prompt, and gives the rows that it writes."""
        line = self.place() + command
        return self.answer(line, self.enter(command), patience)

    def ask_by_keys(self, keys, command):
        """In the top directory: types keys that leave this command behind the prompt, and runs it."""
        first = self.screen.row
        self.type(keys)
        self.await_row(re.escape(f"/ > {command}".rstrip()), first)
        return self.finish(command, first)

    def finish(self, command, first):
        """Return behind a command in the top directory, whose prompt stands in that row or below."""
        self.type(b"\r")
        return self.answer("/ > " + command, first)

    def answer(self, line, first, patience=PATIENCE):
        """What stands between a line that was typed and the next prompt."""
        self.wait(lambda: self.is_at_prompt(self.last_row_of(line, first)), "the prompt", patience)
        end = self.last_row_of(line, first)
        return [self.screen.text(row) for row in range(end + 1, self.screen.row)]

    def last_row_of(self, line, first):
        """Where it stands for the last time, whole, or torn by others' lines that came amid it."""
        ends = [self.end_of(line, row) for row in range(first, self.screen.row)]
        return max((end for end in ends if end is not None), default=self.screen.row)

    def end_of(self, line, row):
        """The row in which the line ends that begins in this one; None: another one begins here."""
        columns = self.screen.columns
        whole = line[:columns].rstrip()
        if self.screen.text(row) == whole:
            return row + vt.width(line) // columns
        left = line
        while left and row < self.screen.row:
            piece = self.screen.text(row)
            if piece and left.startswith(piece):
                left = left[len(piece):].lstrip()
            elif left == line or not sessions.OTHERS.fullmatch(piece):
                return None
            row += 1
        return None if left else row - 1

# SPDX-License-Identifier: MIT
"""What a terminal shows of the bytes that it gets, and all that has gone out at its top: as much of xterm as a
shell may use. Anything else that comes is an error."""
import codecs
import re
import unicodedata

SEQUENCE = re.compile(r"\x1b\[([?0-9;]*)([@-~])")
BEGUN = re.compile(r"\x1b(\[[?0-9;]*)?$")
MODES = {"?2004"}       # that are set and reset, and change nothing here: marks around what is pasted


class Unknown(Exception):
    pass


def width_of(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text):
    return sum(map(width_of, text))


class Screen:
    """Rows of cells, each a character (none: the second half of a wide one) and its colour. Row 0 is the first that
    there ever was."""

    def __init__(self, columns=80, rows=24):
        self.columns, self.rows = columns, rows
        self.cells = [[]]
        self.row = self.column = self.top = 0
        self.colour = ""
        self.bells = 0
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.rest = ""

    def text(self, row):
        """Without the blanks at its end."""
        return "".join(character for character, _ in self.cells[row]).rstrip()

    def before_cursor(self):
        return "".join(character for character, _ in self.cells[self.row][:self.column])

    def feed(self, data):
        self.rest += self.decoder.decode(data)
        while self.rest and not BEGUN.match(self.rest):
            found = SEQUENCE.match(self.rest)
            taken, self.rest = self.rest[0], self.rest[found.end() if found else 1:]
            if found:
                self.sequence(found[1], found[2])
            else:
                self.show(taken)

    # ---- characters ------------------------------------------------------------------------------

    def show(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.down()
        elif character == "\b":
            self.column = max(0, min(self.column, self.columns - 1) - 1)
        elif character == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)
        elif character == "\a":
            self.bells += 1
        elif character < " ":
            raise Unknown(f"a control character that nobody knows: {character!r}")
        else:
            self.put(character)

    def to_row(self, row):
        self.row = row
        self.cells.extend([] for _ in range(row + 1 - len(self.cells)))

    def down(self):
        self.to_row(self.row + 1)
        self.top = max(self.top, self.row - self.rows + 1)

    def put(self, character):
        """One in the last column waits there: only the next one begins another row."""
        width = width_of(character)
        if width == 0:
            before, colour = self.cells[self.row][self.column - 1]
            self.cells[self.row][self.column - 1] = before + character, colour
            return
        if self.column + width > self.columns:
            self.column = 0
            self.down()
        row = self.cells[self.row]
        row.extend([(" ", "")] * (self.column + width - len(row)))
        row[self.column:self.column + width] = [(character, self.colour)] + [("", self.colour)] * (width - 1)
        self.column += width

    # ---- sequences -------------------------------------------------------------------------------

    def sequence(self, parameters, letter):
        actions = {"A": self.up, "B": self.lower, "C": self.right, "D": self.left, "H": self.place,
                   "J": self.erase, "K": self.erase_row, "m": self.select}
        if letter in "hl" and parameters in MODES:
            return
        if letter not in actions or "?" in parameters:
            raise Unknown(f"a sequence that nobody knows: ESC [ {parameters} {letter}")
        actions[letter](*[int(number or 0) for number in parameters.split(";")])

    def up(self, count):
        self.row = max(self.top, self.row - max(count, 1))

    def lower(self, count):
        self.to_row(min(self.top + self.rows - 1, self.row + max(count, 1)))

    def right(self, count):
        self.column = min(self.columns - 1, self.column + max(count, 1))

    def left(self, count):
        self.column = max(0, min(self.column, self.columns - 1) - max(count, 1))

    def place(self, row, column=1):
        self.to_row(self.top + min(max(row, 1), self.rows) - 1)
        self.column = min(max(column, 1), self.columns) - 1

    def erase(self, what):
        """Behind the cursor; or the whole screen: what stood there stays known, as if it had gone out at the top."""
        if what == 0:
            del self.cells[self.row + 1:]
            self.erase_row(0)
        elif what == 2:
            below = self.row - self.top
            self.top = len(self.cells)
            self.to_row(self.top + below)
        elif what != 3:
            raise Unknown(f"a screen that is erased in an unknown way: {what}")

    def erase_row(self, what):
        if what != 0:
            raise Unknown(f"a row that is erased in an unknown way: {what}")
        del self.cells[self.row][self.column:]

    def select(self, *codes):
        self.colour = ";".join(str(code) for code in codes if code)

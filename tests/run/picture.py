# SPDX-License-Identifier: MIT
"""What the framebuffer's driver must have drawn: the log as the serial line shows it, and besides what
programs print on their stdout; every pixel of the picture, in the colours that the mode has."""
import os
import re
import struct

import screen

LOG_BEGINS = re.compile(r"\[ *0\.\d{6}\] Senary ")
STAMPED = re.compile(r"\[ *\d+\.\d{6}( cpu\d+)?\] (error|warning|debug)?")
COLOURS = {"output": (0xff, 0xff, 0xff), "error": (0xff, 0x6b, 0x6b), "warning": (0xff, 0xd7, 0x5f),
           "info": (0xd0, 0xd0, 0xd0), "debug": (0x88, 0x88, 0x88), "green": (0x6b, 0xe0, 0x6b)}
SEQUENCE = re.compile(r"(\x1b\[\d*m)")
SELECTED = {"31": "error", "32": "green", "33": "warning"}
SIZES = {15: (5, 5, 5), 16: (5, 6, 5)}      # bits of red, green, blue; else 8
COLUMNS = 80        # on less, what programs print at the start may have scrolled away
CACHE_BITS = 0x98           # PWT, PCD and the PAT bit in the entry of a 4 KiB page
WRITE_COMBINING = 0x80      # as the kernel sets up the PAT


class Wrong(Exception):
    pass


def colour_of(line):
    found = STAMPED.match(line)
    return COLOURS[(found[2] or "info") if found else "output"]


def characters_of(line):
    """(character, colour) for what is shown of a line; sequences choose the colours."""
    colour = plain = colour_of(line)
    for part in SEQUENCE.split(line):
        if SEQUENCE.fullmatch(part):
            colour = COLOURS.get(SELECTED.get(part[2:-1]), plain)
        else:
            yield from ((character, colour) for character in part.expandtabs(8))


def rows_of(lines, columns):
    """(text, colours) for each row that the lines of the log take."""
    start = next((i for i, line in enumerate(lines) if LOG_BEGINS.match(line)), 0)
    rows = []
    for line in lines[start:]:
        characters = list(characters_of(line))
        for at in range(0, max(len(characters), 1), columns):
            row = characters[at:at + columns]
            text = "".join(character for character, _ in row).rstrip()
            rows.append((text, [colour for _, colour in row]))
    return rows


def expected_rows(seen, lines, columns, printed):
    """The rows of the screen with their colours. `seen` tells where what programs printed stands among
    the lines of the log, which must be the last ones, and all if there is room."""
    used = max((i for i, text in enumerate(seen) if text), default=-1) + 1
    log = rows_of(lines, columns)
    count = sum(not re.search(printed, text) for text in seen[:used])
    if count < len(log) and used < len(seen) - 1:
        raise Wrong(f"{count} of {len(log)} rows of the log, though there is room")
    may_be_gone = count < len(log) and columns < COLUMNS
    log = log[-count:] if count else []
    rows = []
    for text in seen[:used]:
        if re.search(printed, text):
            rows.append((text, [COLOURS["output"]] * len(text)))
        elif not log or log[0][0] != text:
            raise Wrong(f"'{text}' instead of '{log[0][0] if log else ''}'")
        else:
            rows.append(log.pop(0))
    if not may_be_gone and not any(re.search(printed, text) for text in seen):
        raise Wrong(f"nothing on the screen is {printed}")
    return rows


def shown(colour, bits):
    """A colour as the mode's pixels keep it, and QEMU makes 8 bits of that again."""
    result = b""
    for value, size in zip(colour, SIZES.get(bits, (8, 8, 8))):
        kept = value >> (8 - size)
        result += bytes([kept << (8 - size) | (kept >> (2 * size - 8) if bits != 15 else 0)])
    return result


def render(rows, width, height, bits, font):
    """The whole picture, of rows of text with their colours."""
    glyph_width, glyph_height, glyphs = font
    drawn = {character: key for key, character in reversed(glyphs.items())}
    black = b"\0\0\0"
    picture = b""
    for text, colours in rows:
        pixels = [shown(colour, bits) for colour in colours]
        for y in reversed(range(glyph_height)):
            line = b""
            for character, pixel in zip(text, pixels):
                bits_of_row = drawn[character] >> y * glyph_width
                for x in reversed(range(glyph_width)):
                    line += pixel if bits_of_row >> x & 1 else black
            picture += line.ljust(3 * width, b"\0")
    return picture.ljust(3 * width * height, b"\0")


def check(monitor, path, config, lines):
    """Raises Wrong unless the picture is right in every pixel."""
    width, height, bits = (int(number) for number in config.mode.split("x"))
    monitor.command("screendump", filename=path)
    picture = screen.load_ppm(path)
    if picture[:2] != (width, height):
        raise Wrong(f"a picture of {picture[0]} x {picture[1]}")
    font = screen.load_font()
    rows = expected_rows(screen.text_of(picture, font), lines, width // font[0], config.printed)
    wanted = render(rows, width, height, bits, font)
    if wanted != picture[2]:
        at = next(i for i, pair in enumerate(zip(wanted, picture[2])) if pair[0] != pair[1]) // 3
        raise Wrong(f"the pixel at {at % width}, {at // width} is {picture[2][3 * at:3 * at + 3].hex()} "
                    f"instead of {wanted[3 * at:3 * at + 3].hex()}")


# ---- page tables -------------------------------------------------------------------------------


class Tables:
    """The page tables of all processes, in a copy of the guest's memory."""

    def __init__(self, monitor, path, size):
        monitor.monitor("stop")
        monitor.monitor(f'pmemsave 0 {size:#x} "{path}"')
        monitor.monitor("cont")
        with open(path, "rb") as file:
            self.memory = file.read()
        os.unlink(path)
        root = int(re.search(r"CR3=([0-9a-f]+)", monitor.monitor("info registers"))[1], 16)
        kernel = self.kernel_half(root & ~0xfff)
        self.roots = [at for at in range(0, size, 4096) if self.kernel_half(at) == kernel]

    def kernel_half(self, root):
        """The same in the topmost tables of all."""
        return self.memory[root + 2048:root + 4096]

    def pages(self, root):
        """(physical address, size, entry) for each page of the user half."""
        tables = [(root, 39)]
        while tables:
            table, shift = tables.pop()
            entries = struct.unpack_from("<256Q" if shift == 39 else "<512Q", self.memory, table)
            for entry in entries:
                frame = entry & 0x000ffffffffff000
                if entry & 1 and (shift == 12 or shift < 39 and entry & 0x80):
                    yield frame & -1 << shift, 1 << shift, entry
                elif entry & 1:
                    tables.append((frame, shift - 9))


def is_write_combining(size, entry):
    """The PAT bit of a large page is another one than that of a small one."""
    if size > 4096:
        entry = entry & ~0x80 | entry >> 5 & 0x80
    return entry & CACHE_BITS == WRITE_COMBINING


def check_mapping(monitor, path, config):
    """One process has the framebuffer mapped, all of it, once and write-combining."""
    bar = re.search(r"prefetchable memory at 0x([0-9a-f]+) \[", monitor.monitor("info pci"))
    start = int(bar[1], 16)
    width, height, bits = (int(number) for number in config.mode.split("x"))
    wanted = -(-width * height * ((bits + 7) // 8) // 4096) * 4096
    tables = Tables(monitor, path, int(config.memory) << 20)
    mapped = []
    for root in tables.roots:
        pages = [page for page in tables.pages(root) if start <= page[0] < start + (64 << 20)]
        if pages:
            mapped.append(sum(size for _, size, _ in pages))
        for frame, size, entry in pages:
            if not is_write_combining(size, entry):
                raise Wrong(f"the page at {frame:#x} isn't write-combining: {entry:#x}")
    if mapped != [wanted]:
        raise Wrong(f"processes have {mapped} bytes of the framebuffer mapped, not [{wanted}]")

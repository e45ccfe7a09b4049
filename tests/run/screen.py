# SPDX-License-Identifier: MIT
"""Reads the text on a guest's screen: from a screendump, by comparing every cell with the glyphs
of the font that the kernel draws with; in VGA text mode from the video memory."""
import re
import struct
import zlib

import paths

TEXT_MODES = {(720, 400), (640, 400)}


def load_font(path=None):
    """(width, height, {rows of a glyph as an integer: character}) of a PSF font."""
    with open(path or paths.FONT, "rb") as file:
        data = file.read()
    if data[:2] == b"\x36\x04":
        start, size, width, height = 4, data[3], 8, data[3]
        count = 512 if data[2] & 1 else 256
        names = unicode_names(data[start + count * size:], 2) if data[2] & 6 else []
    elif data[:4] == b"\x72\xb5\x4a\x86":
        word = [int.from_bytes(data[i:i + 4], "little") for i in range(0, 32, 4)]
        start, count, size, height, width = word[2], word[4], word[5], word[6], word[7]
        names = unicode_names(data[start + count * size:], 1) if word[3] & 1 else []
    else:
        raise ValueError("not a PSF font")
    glyphs = {}
    bytes_a_row = (width + 7) // 8
    for index in reversed(range(count)):
        glyph = data[start + index * size:start + (index + 1) * size]
        key = 0
        for row in range(height):
            bits = int.from_bytes(glyph[row * bytes_a_row:(row + 1) * bytes_a_row], "big")
            key = key << width | bits >> (bytes_a_row * 8 - width)
        name = names[index] if index < len(names) and names[index] else chr(index)
        if key not in glyphs or name.isascii():
            glyphs[key] = name
    glyphs[0] = " "
    return width, height, glyphs


def unicode_names(table, unit):
    """The character of each glyph: an ASCII one if it has one."""
    names, characters = [], []
    if unit == 2:
        codes = [int.from_bytes(table[i:i + 2], "little") for i in range(0, len(table) - 1, 2)]
        for code in codes:
            if code == 0xffff:
                names.append(choose(characters))
                characters = []
            elif code != 0xfffe:
                characters.append(chr(code))
        return names
    for entry in table.split(b"\xff"):
        names.append(choose(entry.split(b"\xfe")[0].decode("utf-8", "replace")))
    return names


def choose(characters):
    return next((c for c in characters if c.isascii()), characters[0] if characters else "")


def load_ppm(path):
    with open(path, "rb") as file:
        data = file.read()
    header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", data)
    return int(header[1]), int(header[2]), data[header.end():]


def cell(pixels, stride, width, height, at):
    """The rows of one cell as an integer: a 1 for each pixel unlike the one in its corner."""
    corner = pixels[at:at + 3]
    plain = corner * width
    key = 0
    for row in range(height):
        line = pixels[at + row * stride:at + row * stride + 3 * width]
        bits = 0
        if line != plain:
            for x in range(width):
                bits = bits << 1 | (line[3 * x:3 * x + 3] != corner)
        key = key << width | bits
    return key


def text_of(picture, font):
    """The lines of text in a picture (width, height, pixels)."""
    screen_width, screen_height, pixels = picture
    width, height, glyphs = font
    stride = screen_width * 3
    inverse = (1 << width * height) - 1
    lines = []
    for y in range(0, screen_height - height + 1, height):
        line = ""
        for x in range(0, screen_width - width + 1, width):
            key = cell(pixels, stride, width, height, y * stride + x * 3)
            line += glyphs.get(key) or glyphs.get(key ^ inverse) or "\ufffd"
        lines.append(line.rstrip())
    return lines


def read(monitor, picture_path):
    """The lines on the guest's screen now; the picture stays in `picture_path`."""
    monitor.command("screendump", filename=picture_path)
    picture = load_ppm(picture_path)
    if picture[:2] in TEXT_MODES:
        dump = monitor.monitor("xp /2000hx 0xb8000")
        cells = [int(word, 16) & 0xff for word in re.findall(r"0x([0-9a-f]{4})\b", dump)]
        text = "".join(chr(c) if 32 <= c < 127 else " " for c in cells)
        return [text[i:i + 80].rstrip() for i in range(0, len(text), 80)]
    return text_of(picture, load_font())


def save_png(picture, path):
    """A picture (width, height, pixels) as a PNG file."""
    width, height, pixels = picture
    rows = b"".join(b"\0" + pixels[y * width * 3:(y + 1) * width * 3] for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(
            ">I", zlib.crc32(kind + data))

    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n"
                   + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))

# SPDX-License-Identifier: MIT
"""Makes the boot archive of a folder: ustar, in which the bytes of each file start on a page. What fills the
pages is a comment in an extended header, which every tar skips. Equal folders give equal archives: names are
sorted, dates are that of the commit, and of the rights only that of the owner to execute counts.
  usage: archive.py VERSION.H FOLDER ARCHIVE"""
import os
import re
import sys
import tarfile

PAGE, BLOCK = 4096, 512


def epoch(path):
    with open(path, encoding="utf-8") as file:
        return int(re.search(r"SENARY_EPOCH +(\d+)", file.read())[1])


def header(name, kind, time, size=0, mode=0o644, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.mtime, info.size, info.mode, info.linkname = kind, time, size, mode, target
    return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")


def padded(data):
    return data + bytes(-len(data) % BLOCK)


def comment(size):
    """A record of that size, which tells its own length."""
    start = f"{size} comment="
    return (start + "." * (size - len(start) - 1) + "\n").encode()


def filling(offset, time):
    """What makes a header at that offset the last block of a page."""
    room = (PAGE - BLOCK - offset) % PAGE
    if room == 0:
        return b""
    data = comment(room - BLOCK) if room > BLOCK else b""
    return header("filling", tarfile.XHDTYPE, time, len(data)) + data


def entries(top, folder=""):
    """Paths below a folder: the folders before what lies in them."""
    for name in sorted(os.listdir(os.path.join(top, folder))):
        path = os.path.join(folder, name)
        yield path
        full = os.path.join(top, path)
        if os.path.isdir(full) and not os.path.islink(full):
            yield from entries(top, path)


def entry(top, path, offset, time):
    full = os.path.join(top, path)
    if os.path.islink(full):
        return header(path, tarfile.SYMTYPE, time, mode=0o777, target=os.readlink(full))
    if os.path.isdir(full):
        return header(path + "/", tarfile.DIRTYPE, time, mode=0o755)
    with open(full, "rb") as file:
        data = file.read()
    mode = 0o755 if os.stat(full).st_mode & 0o100 else 0o644
    fill = filling(offset, time) if data else b""
    return fill + header(path, tarfile.REGTYPE, time, len(data), mode) + padded(data)


def main(version, top, archive):
    time = epoch(version)
    with open(archive + ".new", "wb") as out:
        for path in entries(top):
            out.write(entry(top, path, out.tell(), time))
        out.write(bytes(2 * BLOCK))
    os.replace(archive + ".new", archive)


main(*sys.argv[1:])

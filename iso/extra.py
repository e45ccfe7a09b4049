# SPDX-License-Identifier: MIT
"""Lays what EXTRA names into the folder that becomes the boot archive. A file is a program, and goes
to bin. A folder is laid over the top; the lines of its etc/services go behind those that are there.
Nothing takes the place of anything else.
  usage: extra.py FOLDER PATH..."""
import os
import shutil
import sys

MANIFEST = os.path.join("etc", "services")
NAME_MAX = 99   # bytes of a path that every part of ustar holds


class Wrong(Exception):
    pass


def files_of(path):
    """(where it lies, its place in the archive) of a program, or of all below a folder."""
    if not os.path.isdir(path):
        yield os.path.realpath(path), os.path.join("bin", os.path.basename(path))
    for top, folders, names in os.walk(path):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(top, name))]
        for name in sorted(names + links):
            file = os.path.join(top, name)
            yield file, os.path.relpath(file, path)


def check(file, place, target):
    if not os.path.lexists(file):
        raise Wrong("there is no such file")
    if not os.path.isfile(file) and not os.path.islink(file):
        raise Wrong(f"{place} is no file")
    if not place.isascii() or len(place) > NAME_MAX:
        raise Wrong(f"{place!r} is no name for the archive: up to {NAME_MAX} characters of ASCII")
    if os.path.lexists(target) and place != MANIFEST:
        raise Wrong(f"the image has a {place} of its own")


def text_of(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except UnicodeError:
        raise Wrong(f"{MANIFEST} is no text") from None


def add_manifest(file, target):
    text = text_of(target).rstrip() + "\n\n" + text_of(file)
    found = set()
    for words in map(str.split, text.splitlines()):
        if words[:1] == ["service"] and len(words) > 1:
            if words[1] in found:
                raise Wrong(f"the manifest has a service {words[1]} already")
            found.add(words[1])
    with open(target, "w", encoding="utf-8") as manifest:
        manifest.write(text)


def add(folder, path):
    for file, place in files_of(path):
        target = os.path.join(folder, place)
        check(file, place, target)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if place == MANIFEST:
            add_manifest(file, target)
        else:
            shutil.copy(file, target, follow_symlinks=False)


def main(folder, *paths):
    for path in paths:
        try:
            add(folder, path)
        except (Wrong, OSError) as error:
            sys.exit(f"EXTRA: {path}: {error}")


main(*sys.argv[1:])

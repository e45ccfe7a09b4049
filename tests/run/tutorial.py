# SPDX-License-Identifier: MIT
"""docs/tutorial.md, followed word by word in an empty home folder, where the tree is `senary`.

Its blocks `sh` are one script. What that would run, `make run EXTRA=…`, is gathered for one image.
Its blocks `console` are what is typed at that image's shell, behind the prompt, and what comes then:
any number may stand for any other. The log of the kernel may say more. A block with a path quotes
that file of docs/examples."""
import os
import re
import tempfile

import configurations
import image
import machine
import paths
import typist

PROMPT = "/ > "
LOG = re.compile(r"\[ *\d+\.\d+\] ")
# Make, but for what would start a machine and wait for a person.
SCRIPT = """set -e
make() {
    case " $* " in
    *' run '*) for word; do case $word in EXTRA=*) echo "${word#EXTRA=}" >> ~/extra ;; esac; done ;;
    *) command make "$@" ;;
    esac
}
"""


def page():
    with open(os.path.join(paths.TOP, "docs", "tutorial.md"), encoding="utf-8") as file:
        return file.read()


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", page(), re.MULTILINE | re.DOTALL)


def misquoted():
    """Files of the examples that don't say what the page quotes: blocks with a path."""
    for path, text in re.findall(r"^```(\w+/\S+)\n(.*?)^```$", page(), re.MULTILINE | re.DOTALL):
        with open(os.path.join(paths.TOP, "docs", "examples", path), encoding="utf-8") as file:
            if file.read() != text:
                yield path


def run_script(home, compiler):
    os.mkdir(home)
    os.symlink(paths.TOP, os.path.join(home, "senary"))
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith("MAKE") and key not in ("MFLAGS", "SENARY_BUILD")}
    status, output = image.output_of(["sh", "-c", SCRIPT + "".join(blocks("sh"))], cwd=home,
                                     env=dict(environment, HOME=home, J6_CC=compiler))
    return status or any("warning:" in line for line in output), output


def build(folder):
    """Does what the page says up to the image, with two compilers; gives (exit status, lines)."""
    for compiler in ("gcc", "clang"):
        home = os.path.join(folder, compiler)
        status, output = run_script(home, compiler)
        if status:
            return status, output
    with open(os.path.join(home, "extra"), encoding="utf-8") as file:
        extra = " ".join(file.read().split())
    return image.make(paths.TOP, "iso", f"EXTRA={extra}", "OUT=build/tutorial")


# ---- at the shell --------------------------------------------------------------------------------

def commands():
    """[(what is typed, [lines that come])]"""
    found = []
    for line in "".join(blocks("console")).splitlines():
        if line.startswith(PROMPT):
            found.append((line[len(PROMPT):], []))
        else:
            found[-1][1].append(line)
    return found


def lines_of(text):
    """What stands there in the end: a row that is drawn anew shows its last drawing."""
    rows = [row.rstrip("\r").split("\r")[-1] for row in machine.clean(text).split("\n")]
    return [row for row in rows if row and not row.startswith(PROMPT) and not LOG.match(row)]


def is_like(line, wanted):
    return re.fullmatch(r"\d+".join(map(re.escape, re.split(r"\d+", wanted))), line)


def are_like(lines, wanted):
    """In any order: jobs and init write beside each other."""
    left = list(wanted)
    for line in lines:
        found = next((one for one in left if is_like(line, one)), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def do(somebody, command, wanted):
    """Who isn't the foreground may write behind the next prompt."""
    try:
        somebody.type(command.encode() + b"\r")
        somebody.until(re.compile(re.escape(command.encode()) + rb"\r+\n"))
        text = somebody.until(somebody.prompt)
        while len(lines_of(text)) < len(wanted):
            text += b"\n" + somebody.until(b"\n")
    except typist.Wrong as error:
        raise typist.Wrong(f"`{command}`: {error}") from None
    if not are_like(lines_of(text), wanted):
        raise typist.Wrong(f"`{command}` shows {lines_of(text)} instead of {wanted}")


def run(report):
    name = "tutorial_does_what_it_says"
    with tempfile.TemporaryDirectory(prefix="senary-home.") as folder:
        status, output = build(folder)
    wrong = list(misquoted())
    if status or wrong:
        report.failed(name, f"misquoted: {wrong}" if wrong else "building failed", tail=output)
        return
    config = configurations.Configuration(name, build="tutorial", image="normal")
    with typist.at(report, config) as (guest, somebody):
        somebody.until(somebody.prompt, typist.STARTED)
        *most, (last, _) = commands()
        for command, wanted in most:
            do(somebody, command, wanted)
        somebody.type(last.encode() + b"\r")
        if guest.process.wait(typist.PATIENCE) != 0:
            raise typist.Wrong(f"`{last}` doesn't switch off")

# SPDX-License-Identifier: MIT
"""Tests of the images and the SDK as files: size, reproducibility, what the test images differ in,
and a program that is built outside of the tree."""
import filecmp
import os
import shutil
import subprocess
import tarfile
import tempfile

import boot
import configurations
import paths

SIZE_LIMIT = 8 << 20


def output_of(command, stdin=subprocess.DEVNULL, **more):
    """(exit status, lines)"""
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=stdin, check=False, **more)
    return done.returncode, done.stdout.splitlines()


def make(folder, *arguments, stdin=subprocess.DEVNULL, **variables):
    """Runs make as a person would: without what the make that started us left in the environment."""
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith("MAKE") and key not in ("MFLAGS", "SENARY_BUILD")}
    environment.update(variables)
    return output_of(["make", f"-j{os.cpu_count() or 1}", *arguments], stdin,
                     cwd=folder, env=environment)


def size_is_small(report):
    name = "image_is_at_most_8_MiB"
    size = os.path.getsize(os.path.join(paths.BUILD, "senary.iso"))
    (report.passed if size <= SIZE_LIMIT else report.failed)(name, reason=f"{size} bytes")


def is_reproducible(report):
    """The same tree in another folder, another time zone and with another umask."""
    name = "image_is_the_same_from_another_folder"
    with tempfile.TemporaryDirectory(prefix="senary-elsewhere.") as folder:
        copy = os.path.join(folder, "another", "place")
        shutil.copytree(paths.TOP, copy, symlinks=True,
                        ignore=lambda top, _: ["build"] if top == paths.TOP else [])
        sources = os.path.join("build", "third_party")
        if os.path.exists(os.path.join(paths.TOP, sources)):
            shutil.copytree(os.path.join(paths.TOP, sources), os.path.join(copy, sources))
        mask = os.umask(0o077)
        try:
            status, output = make(copy, "iso", TZ="Pacific/Chatham", LANG="C")
        finally:
            os.umask(mask)
        if status:
            report.failed(name, "the build failed", tail=output)
        elif not filecmp.cmp(os.path.join(copy, "build", "senary.iso"),
                             os.path.join(paths.BUILD, "senary.iso"), shallow=False):
            report.failed(name, "the images differ")
        else:
            report.passed(name)


def extract(image, folder):
    subprocess.run(["xorriso", "-osirrox", "on", "-indev", image, "-extract", "/", folder],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(["chmod", "-R", "u+rwX", folder], check=True)


def differences(left, right):
    """Paths of the files that aren't equal in both folders."""
    found = []
    for one, other in ((left, right), (right, left)):
        for top, _, files in os.walk(one):
            for file in files:
                path = os.path.relpath(os.path.join(top, file), one)
                twin = os.path.join(other, path)
                if not os.path.exists(twin) or not filecmp.cmp(os.path.join(one, path), twin,
                                                               shallow=False):
                    found.append(path)
    return sorted(set(found))


def test_images_differ_in_the_menu_alone(report):
    name = "test_images_differ_in_default_and_timeout_alone"
    with tempfile.TemporaryDirectory(prefix="senary-images.") as folder:
        released = os.path.join(folder, "released")
        extract(os.path.join(paths.BUILD, "senary.iso"), released)
        wrong = []
        for kind in ("tests", "kernel", "sample", "benchmarks"):
            other = os.path.join(folder, kind)
            extract(os.path.join(paths.BUILD, "test", kind + ".iso"), other)
            wrong += [f"{kind}: {path}" for path in differences(released, other)
                      if path != "boot/grub/grub.cfg"]
            wrong += [f"{kind}: {line}" for line in changed_lines(released, other)
                      if not line.startswith(("set default=", "set timeout="))]
    if wrong:
        report.failed(name, wrong[0], tail=wrong)
    else:
        report.passed(name)


def archive_is_a_tar(report):
    """Read by another reader of such archives: all files of the staged folder, each on a page."""
    name = "boot_archive_is_a_tar_of_all_programs"
    folder = os.path.join(paths.BUILD, "files")
    wrong = []
    found = set()
    with tarfile.open(os.path.join(paths.BUILD, "root", "boot", "boot.tar")) as archive:
        for entry in archive:
            found.add(entry.name)
            if entry.isfile():
                with open(os.path.join(folder, entry.name), "rb") as file:
                    if archive.extractfile(entry).read() != file.read():
                        wrong.append(f"{entry.name} differs")
                if entry.size and entry.offset_data % 4096:
                    wrong.append(f"{entry.name} begins at {entry.offset_data}")
    for top, folders, files in os.walk(folder):
        wrong += [f"{path} is missing" for path in
                  (os.path.relpath(os.path.join(top, file), folder) for file in folders + files)
                  if path not in found]
    if wrong or "bin/hello" not in found:
        report.failed(name, f"{len(wrong)} files", tail=wrong)
    else:
        report.passed(name)


def changed_lines(left, right):
    lines = []
    for folder in (left, right):
        with open(os.path.join(folder, "boot", "grub", "grub.cfg"), encoding="utf-8") as file:
            lines.append(file.read().splitlines())
    return sorted(set(lines[0]) ^ set(lines[1]))


def outside_program(report):
    """Built with the SDK in a folder outside of the tree, put on an image as init (by gcc) and as a
    program of the boot archive (by clang), booted from there."""
    name = "sdk_program_from_outside_boots"
    with tempfile.TemporaryDirectory(prefix="senary-outside.") as folder:
        shutil.copy(os.path.join(paths.TOP, "tests", "boot", "outside.c"), folder)
        programs = {"gcc": os.path.join(folder, "first"), "clang": os.path.join(folder, "outside")}
        status, output = make(paths.TOP, "sdk")
        for compiler, program in programs.items():
            if not status:
                status, output = output_of(
                    [os.path.join(paths.BUILD, "sdk", "bin", "j6-cc"), "-O2", "-Wall", "-Werror",
                     "outside.c", "-o", program],
                    cwd=folder, env=dict(os.environ, J6_CC=compiler))
        if not status:
            status, output = make(paths.TOP, "iso", f"INIT={programs['gcc']}",
                                  f"EXTRA={programs['clang']}", "OUT=build/outside")
        if status:
            report.failed(name, "building failed", tail=output)
            return
    boot.one(configurations.Configuration(
        name, build="outside", image="normal", expect="power-off",
        lines="^outside: hello from init$\n^outside: hello from the archive$\n"
              "^outside: the program ended with 7, ok$"), report)


def write(folder, path, text=""):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def first_unlike(expected):
    """Of pairs ((exit status, lines), what one of the lines has to say with a failure) the first that isn't so."""
    for (status, lines), text in expected:
        if status == 0 or not any(text in line for line in lines):
            return text, lines
    return None


def judge(report, name, expected):
    wrong = first_unlike(expected)
    if wrong:
        report.failed(name, f"it never said: {wrong[0]}", tail=wrong[1])
    else:
        report.passed(name)


def bad_extras(report):
    """What can't lie on the image, in EXTRA."""
    with tempfile.TemporaryDirectory(prefix="senary-extra.") as folder:
        def extra(*names):
            return make(paths.TOP, "iso", "OUT=build/refused",
                        "EXTRA=" + " ".join(os.path.join(folder, name) for name in names))

        write(folder, "cat")
        write(folder, "one/thing")
        write(folder, "two/thing")
        write(folder, "long/" + "x" * 100)
        write(folder, "copy/etc/services", "service files\n    program bin/thing\n")
        write(folder, "twice/etc/services", "service mine\n\nservice mine\n")
        write(folder, "binary/etc/services")
        with open(os.path.join(folder, "binary", "etc", "services"), "wb") as file:
            file.write(b"\xff\n")
        os.makedirs(os.path.join(folder, "pipe"))
        os.mkfifo(os.path.join(folder, "pipe", "fifo"))
        judge(report, "make_iso_refuses_what_is_missing_twice_or_no_file", [
            (extra("nothing"), f"There is no {folder}/nothing, which EXTRA or INIT names."),
            (extra("cat"), "the image has a bin/cat of its own"),
            (extra("one/thing", "two/thing"), "the image has a bin/thing of its own"),
            (extra("copy"), "the manifest has a service files already"),
            (extra("twice"), "the manifest has a service mine already"),
            (extra("binary"), "etc/services is no text"),
            (extra("long"), "is no name for the archive"),
            (extra("pipe"), "fifo is no file"),
        ])


def compiler_complaints(report):
    with tempfile.TemporaryDirectory(prefix="senary-sdk.") as folder:
        good, bad = (os.path.join(folder, name) for name in ("good", "bad"))
        shutil.copytree(os.path.join(paths.BUILD, "sdk"), good)
        shutil.copytree(good, bad)
        os.remove(os.path.join(bad, "lib", "j6.ld"))
        write(folder, "x.c", "int main(void) { return 0; }\n")
        write(folder, "stdio.c", "#include <stdio.h>\n")
        tools = os.path.join(folder, "tools")       # a system with a compiler, but without musl
        os.mkdir(tools)
        for tool in ("sh", "dirname", "basename", "readlink", "gcc"):
            os.symlink(shutil.which(tool), os.path.join(tools, tool))

        def j6_cc(*options, sdk=good, **variables):
            environment = {key: value for key, value in os.environ.items() if key != "J6_CC"}
            return output_of([os.path.join(sdk, "bin", "j6-cc"), *options], cwd=folder,
                             env=dict(environment, **variables))

        judge(report, "j6_cc_tells_what_is_missing_or_not_supported", [
            (j6_cc("x.c", sdk=bad), f"j6-cc: there is no lib/j6.ld in {bad}"),
            (j6_cc(), "no input files"),
            (j6_cc("missing.c"), "missing.c: No such file"),
            (j6_cc("stdio.c"), "stdio.h"),
            (j6_cc("x.cpp"), "j6-cc: x.cpp: C++ isn't supported"),
            (j6_cc("-x", "c++", "x.c"), "j6-cc: c++: C++ isn't supported"),
            (j6_cc("-m32", "x.c"), "j6-cc: -m32: programs are static and of 64 bits"),
            (j6_cc("-shared", "x.c"), "j6-cc: -shared: programs are static and of 64 bits"),
            (j6_cc("x.c", J6_CC="nocc"), "j6-cc: there is no compiler nocc"),
            (j6_cc("--musl", "x.c", PATH=tools), "j6-cc: --musl needs musl-gcc"),
        ])


def compiler_uses(report):
    """In steps, from the standard input, with both compilers and both kinds of program."""
    name = "j6_cc_compiles_and_links_as_the_compiler_does"
    steps = "{0} -Wall -c x.c && {0} x.o -o x && {0} x.c -o x && {0} -x c - -o x < x.c && {0} -E - < x.c"
    compiler = os.path.join(paths.BUILD, "sdk", "bin", "j6-cc")
    with tempfile.TemporaryDirectory(prefix="senary-sdk.") as folder:
        write(folder, "x.c", "#include <j6/j6.h>\nint main(void) { return j6_find(\"x\") != 0; }\n")
        for choice in ("J6_CC=gcc", "J6_CC=clang"):
            for command in (compiler, compiler + " --musl"):
                script = f"set -e; export {choice}; " + steps.format(command)
                status, output = output_of(["sh", "-c", script], cwd=folder)
                if status or any("warning:" in line for line in output):
                    report.failed(name, f"{choice} {command}", tail=output)
                    return
    report.passed(name)


def run(report):
    for test in (size_is_small, archive_is_a_tar, test_images_differ_in_the_menu_alone, outside_program,
                 bad_extras, compiler_complaints, compiler_uses, is_reproducible):
        test(report)

# SPDX-License-Identifier: MIT
"""Where things lie, and the step from a configuration to the image that it boots."""
import os
import random
import re
import shutil
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, "build")
CURRENT = os.path.join(TOP, os.environ.get("SENARY_BUILD", "build"))  # of the variant being made
LOGS = os.path.join(BUILD, "test", "log")
BUILT = {"normal": "senary.iso", "tests": "test/tests.iso", "kernel": "test/kernel.iso",
         "sample": "test/sample.iso", "benchmarks": "test/benchmarks.iso"}
FONT = os.path.join(BUILD, "gen", "font.psf")


def build_folder(build):
    return BUILD if build == "release" else os.path.join(BUILD, build)


def log_file(name):
    os.makedirs(LOGS, exist_ok=True)
    return os.path.join(LOGS, name + ".log")


def image(config):
    """The image of a configuration, made first if it differs from the built ones."""
    folder = build_folder(config.build)
    if config.derived or config.image not in BUILT:
        return derive(config, folder)
    return os.path.join(folder, BUILT[config.image])


def derive(config, folder):
    """An image with other words on the kernel's command line, another mode, without or with damaged files."""
    root = os.path.join(folder, "test", "derived", config.name)
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(os.path.join(folder, "root"), root)
    kernel = r"\1 " + config.append if config.append else r"\1"
    if config.stub:
        shutil.copy(os.path.join(folder, "test", "stub.elf"), os.path.join(root, "boot"))
        kernel = (rf"multiboot2 /boot/stub.elf \2 {config.append} {config.stub}\n"
                  "    module2 /boot/kernel.elf kernel")
    for name in ("grub.cfg", "modules.cfg"):
        path = os.path.join(root, "boot", "grub", name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text = re.sub(r"(multiboot2 /boot/kernel.elf *(.*))", kernel, text)
        if config.mode:
            text = re.sub(r"set modes=.*", f"set modes={config.mode}", text)
        for module in config.remove.split():
            text = re.sub(rf"\n *module2 \S+ {re.escape(module)}(?=\n)", "", text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    if config.damage:
        damage(root, *config.damage.split())
    result = root + ".iso"
    subprocess.run(["sh", os.path.join(TOP, "iso", "image.sh"),
                    os.path.join(folder, "gen", "version.h"), root, result]
                   + [config.image], check=True)
    shutil.rmtree(root)
    return result


def damage(root, name, how, amount="0"):
    """`boot/init truncate 4096`, `boot/init flip 7` (one bit, by seed), `boot/init fill 4096`."""
    path = os.path.join(root, name)
    with open(path, "rb") as file:
        data = bytearray(file.read())
    if how == "truncate":
        data = data[:int(amount)]
    elif how == "flip":
        bit = random.Random(int(amount)).randrange(len(data) * 8)
        data[bit // 8] ^= 1 << bit % 8
    elif how == "fill":
        data = bytearray(b"\xa5" * int(amount))
    else:
        raise ValueError(f"unknown damage: {how}")
    with open(path, "wb") as file:
        file.write(data)

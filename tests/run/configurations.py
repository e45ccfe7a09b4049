# SPDX-License-Identifier: MIT
"""The boot configurations of tests/boot/*.ini; their keys are described in tests/boot/README.md."""
import configparser
import dataclasses
import glob
import os

HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "boot")


@dataclasses.dataclass
class Configuration:
    name: str
    groups: str = "test"
    emulator: str = "qemu"
    build: str = "release"
    image: str = "tests"
    append: str = ""
    remove: str = ""
    damage: str = ""
    stub: str = ""
    machine: str = "pc"
    firmware: str = "bios"
    medium: str = "cdrom"
    memory: str = "256"
    cpus: int = 1
    cpu: str = ""
    vga: str = "std"
    console: str = "serial"
    com2: bool = False
    icount: bool = False
    nmi: bool = False
    args: str = ""
    limit: int = 120
    expect: str = "verdict"
    lines: str = ""
    once: str = ""
    screen: str = ""
    mode: str = ""
    printed: str = ""

    @property
    def tests(self):
        """Which tests run in it: all "tests", those of the "kernel", a "sample"; or other words."""
        return self.image if self.expect == "verdict" and "only=" not in self.append else "some"

    @property
    def derived(self):
        return bool(self.append or self.remove or self.damage or self.stub or self.mode)


EXPECTATIONS = {"verdict", "failure", "power-off", "reset", "stop", "lines", "idle"}
CONSOLES = {"serial", "debug-port", "none"}


def load(folder=HERE):
    """All configurations, in the order of the files; a wrong key or value is an error."""
    types = {field.name: field.type for field in dataclasses.fields(Configuration)}
    found = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.ini"))):
        parser = configparser.ConfigParser(interpolation=None, inline_comment_prefixes=(" #",))
        parser.read(path, encoding="utf-8")
        for name in parser.sections():
            section = parser[name]
            values = {}
            for key in section:
                if key not in types or key == "name":
                    raise ValueError(f"{path}: [{name}] has an unknown key: {key}")
                read = {bool: section.getboolean, int: section.getint}.get(types[key], section.get)
                values[key] = read(key)
            config = Configuration(name, **values)
            if config.expect not in EXPECTATIONS:
                raise ValueError(f"{path}: [{name}] expects what nobody knows: {config.expect}")
            if config.console not in CONSOLES:
                raise ValueError(f"{path}: [{name}] has a console that nobody knows: {config.console}")
            if name in found:
                raise ValueError(f"{path}: [{name}] stands twice")
            found[name] = config
    return list(found.values())


def of_group(group):
    return [config for config in load() if group in config.groups.split()]

# SPDX-License-Identifier: MIT
"""`make bench`: the benchmark image under icount, where the TSC counts executed instructions, so
that the figures are the same on every host. Prints the guest's `BENCH name value unit` lines."""
import concurrent.futures
import os
import re

import configurations
import counts
import machine
import paths

LINE = re.compile(r"BENCH (\S+) (\d+(?:\.\d+)?) (\S+)$")
GROWTH = ["64", "1024", "8192"]     # MiB for the curve of boot_to_init
AT_ONCE = re.compile(r".*(_lock_waits \S+ \S+| ratio)$")
INSTRUCTIONS = re.compile(r".* insn$")
CALIBRATION = range(2_000_000, 2_001_000)


def measure(memory, until=None, append="", limit=170, cpus=1, icount=True, shown=LINE,
            image_name="benchmarks"):
    """({name: (value, unit)}, how it ended). `until` ends the boot at the line of that name; lines
    that match `shown` are printed."""
    config = configurations.Configuration(
        f"bench_{append or memory}{'' if icount else '_at_once'}", image=image_name, append=append, memory=memory, cpu="EPYC",
        cpus=cpus, com2=True, icount=icount, limit=limit)
    image = paths.image(config)
    values = {}
    with machine.Machine(config, image, paths.log_file(config.name)) as guest:
        while True:
            kind, what = guest.wait()
            found = LINE.match(what) if kind == "line" else None
            if found:
                values[found[1]] = found[2], found[3]
                if until is None and shown.match(what):
                    print(what, flush=True)
                if found[1] == until:
                    return values, "until"
            elif kind == "exit":
                return values, "verdict" if what == 1 else f"exit status {what}"
            elif kind == "limit":
                return values, f"no end within {config.limit} s"


def growth(_):
    """The same operations beside many and many more of a thing."""
    _, end = measure("512", append="growth", limit=900)
    if end != "verdict":
        print(f"bench-growth: ended with: {end} (log: build/test/log/bench_growth.log)")
    return 0 if end == "verdict" else 1


def at_prompt():
    """The released system, until it has said what it counted; what is wrong if no prompt stood at COM1 before."""
    values, _ = measure("256", "mem_at_prompt", "figures", image_name="normal")
    with open(paths.log_file("bench_figures"), encoding="utf-8") as file:
        prompts = [line for line in file if re.fullmatch(r"/ > *", line.rstrip("\n"))]
    return values, [] if prompts else ["no prompt came at COM1 before boot_to_prompt"]


def scaling():
    """Calls on one CPU and on several. Only where CPUs run at once do they wait for each other, and is there
    a time to compare."""
    return [end for end in (
        measure("256", append="scaling", cpus=4, shown=INSTRUCTIONS)[1],
        measure("256", append="scaling", cpus=4, icount=False, shown=AT_ONCE)[1]) if end != "verdict"]


def size(name, path):
    print(f"BENCH {name} {os.path.getsize(path)} bytes", flush=True)


def sizes():
    """Of the programs of the ISO: those of its archive, init and the layer; of the image itself."""
    places = [os.path.join(paths.CURRENT, "files", folder) for folder in ("bin", "lib")]
    files = [os.path.join(place, name) for place in places for name in sorted(os.listdir(place))]
    files.append(os.path.join(paths.CURRENT, "root", "boot", "init"))
    for path in files:
        if not os.path.islink(path):
            size("size_of_" + os.path.basename(path), path)
    size("iso_size", os.path.join(paths.CURRENT, "senary.iso"))


def count(figure):
    """What the instructions of a call are; what is wrong. The log shows them all if there are as many."""
    kinds, instructions = counts.of_a_call()
    for kind, number in kinds.items():
        print(f"BENCH ipc_call_4w_{kind} {number:g} count", flush=True)
    wanted = float(figure[0]) if figure else 0
    if abs(instructions - wanted) <= wanted / 50:
        return []
    return [f"{instructions} instructions of a call were logged, not {wanted}"]


def run(_):
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        main = pool.submit(measure, "256")
        drawn = pool.submit(measure, "512", append="screen")
        prompt = pool.submit(at_prompt)
        curve = [(memory, pool.submit(measure, memory, "boot_to_init")) for memory in GROWTH]
        values, end = main.result()
        if end != "verdict":
            wrong.append(f"the benchmarks ended with: {end} (log: build/test/log/bench_256.log)")
        wrong += count(values.get("ipc_call_4w"))
        if drawn.result()[1] != "verdict":
            wrong.append(f"the boot with a screen ended with: {drawn.result()[1]}")
        prompted, unprompted = prompt.result()
        wrong += unprompted
        for name in ("boot_to_prompt", "mem_at_prompt"):
            value = prompted.get(name)
            if value:
                print(f"BENCH {name} {value[0]} {value[1]}", flush=True)
            else:
                wrong.append(f"no {name}")
        wrong += [f"a boot with 4 CPUs ended with: {end}" for end in scaling()]
        for memory, job in curve:
            value = job.result()[0].get("boot_to_init")
            if value:
                print(f"BENCH boot_to_init@{memory} {value[0]} {value[1]}", flush=True)
            else:
                wrong.append(f"no boot_to_init with {memory} MiB")
    if "kernel_image" not in values:
        size("kernel_image", os.path.join(paths.CURRENT, "kernel.elf"))
    sizes()
    calibration = values.get("calibration_2m")
    if not values:
        wrong.append("no BENCH line at all")
    elif calibration is None or int(calibration[0]) not in CALIBRATION:
        wrong.append("calibration_2m is missing or not between 2,000,000 and 2,000,999")
    for text in wrong:
        print("bench: " + text)
    return 1 if wrong else 0

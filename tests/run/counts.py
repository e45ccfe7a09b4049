# SPDX-License-Identifier: MIT
"""What a call to another process consists of: how many of its instructions write a control register or an MSR,
or are locked. QEMU logs the address of each instruction for a while, as the benchmarks call and call; what
stands there, the disassembled kernel tells."""
import os
import re
import statistics
import subprocess
import time

import configurations
import machine
import paths

BEGIN = "bench: calls for ever"
LOG_BYTES = 16 << 20
SECONDS = 60
EXECUTED = re.compile(r"\[[0-9a-f]+/([0-9a-f]+)/")
INSTRUCTION = re.compile(r"^ *([0-9a-f]+):\t(.*)", re.MULTILINE)
KINDS = {
    "cr3_writes": re.compile(r"mov +%\w+,%cr3"),
    "cr0_writes": re.compile(r"mov +%\w+,%cr0|clts|lmsw"),
    "msr_writes": re.compile(r"wrmsr"),
    "locked": re.compile(r"lock |xchg .*\("),
}
ENTRIES = 2     # into the kernel, for each call: endpoint_call here, endpoint_reply_receive there


def disassembled(kernel):
    """{kind: addresses of its instructions}, and where system calls enter."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", kernel], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    code = [(int(address, 16), what) for address, what in INSTRUCTION.findall(text)]
    entry = re.search(r"^([0-9a-f]+) <syscall_entry>:", text, re.MULTILINE)
    return {kind: {address for address, what in code if pattern.match(what)}
            for kind, pattern in KINDS.items()}, int(entry[1], 16)


def log_instructions(guest, log):
    """Until the log is long enough."""
    guest.qmp.command("stop")
    for line in ("singlestep on", f"logfile {log}", "log exec,nochain"):
        guest.qmp.monitor(line)
    guest.qmp.command("cont")
    end = time.monotonic() + SECONDS
    while os.path.getsize(log) < LOG_BYTES and time.monotonic() < end:
        time.sleep(0.1)
    guest.qmp.command("stop")
    guest.qmp.monitor("log none")


def executed():
    """Addresses of the instructions, in their order."""
    config = configurations.Configuration("bench_counts", image="benchmarks", append="calls_for_ever",
                                          cpu="EPYC", icount=True)
    image = paths.image(config)
    log = paths.log_file("bench_counts_instructions")
    with machine.Machine(config, image, paths.log_file(config.name)) as guest:
        kind, what = guest.wait()
        while kind in ("line", "event") and what != BEGIN:
            kind, what = guest.wait()
        if what != BEGIN:
            return []
        log_instructions(guest, log)
    with open(log, encoding="utf-8", errors="replace") as file:
        addresses = [int(address, 16) for address in EXECUTED.findall(file.read())]
    os.remove(log)
    return addresses


def of_a_call():
    """({kind: how many}, instructions), of the middle one of the calls that were logged: an interrupt comes in
    seldom. Nothing: it went wrong."""
    kinds, entry = disassembled(os.path.join(paths.CURRENT, "kernel.sym.elf"))
    addresses = executed()
    entries = [place for place, address in enumerate(addresses) if address == entry]
    starts = entries[::ENTRIES]
    calls = [addresses[start:end] for start, end in zip(starts, starts[1:])]
    if not calls:
        return {}, 0
    return {kind: statistics.median(sum(address in places for address in call) for call in calls)
            for kind, places in kinds.items()}, statistics.median(len(call) for call in calls)

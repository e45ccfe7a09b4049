# SPDX-License-Identifier: MIT
"""The services of the released image die while somebody works there, and come back; then the system ends."""
import re
import time

import configurations
import qmp
import typist
from typist import Wrong, expect

SAMPLE, FULL = 40, 1000      # a leak of a page each would be more than PAGES_MAX
WARM_UP = 5         # lives before the first look: caches fill, and tables grow
PAGES_MAX = 32      # by which the memory in use may differ: the kernel's caches are of whole pages
DIFFERS = {"vma": 3}    # the shell remembers what was typed, in memory that comes in areas
SERVICES = ("files", "framebuffer", "com2", "console")
LIVES = 2           # of each service, where commands run meanwhile: after 8 deaths it would be given up
STATUS = rb"\[\x1b\[32m  ok   \x1b\[0m\] %s, \d+\.\d{3} ms\r\n"
BANNER = (rb"\[\x1b\[32m  ok   \x1b\[0m\] console, .*", rb"Senary \d\S+, commit [0-9a-f]{12}\+?",
          rb"2 CPUs, \d+ MiB of memory, \d+ MiB free", rb"Type help or tour\.", rb"init: ready")
# … and the end of a line behind which they came.
OTHERS = re.compile(r"(\[\x1b\[\d+m[a-z ]{7}\x1b\[0m\]|^\[\d+\] has ended) .*\n\n?", re.MULTILINE)


def text(answer):
    """What a command has written, without the lines of init and about jobs, which come when they come."""
    return OTHERS.sub("", answer.replace(b"\r", b"").decode("utf-8", "replace"))


def loop(who, body):
    """Types a loop over i of that body, and gives what it writes."""
    who.ask(b"i=0")
    who.type(b"while [ $i -lt $n ]; do\r" + body + b"\r")
    who.enter(b"i=$((i + 1)); done")
    return who.until(who.prompt, 600)


def expect_alive(who):
    """The shell, and all that a command needs."""
    expect("2\n", text(who.ask(b"cat /etc/motd /etc/motd | grep -c Senary")))
    if not who.succeeded():
        raise Wrong("the pipeline has failed")


# ---- nothing is left behind ----------------------------------------------------------------------

def life_of(who, name):
    """(state, starts) of the service; a line of init may tear its row apart: then it is asked for again."""
    row = None
    while not row:
        row = re.search(rf"^{name} +(\w+) +\S+ +(\d+) +\d+\b", text(who.ask(b"svc list")), re.MULTILINE)
    return row[1], int(row[2])


def awaits_life(who, name, number):
    limit = time.monotonic() + typist.PATIENCE
    while (now := life_of(who, name)) != ("running", number):
        if now[1] > number or time.monotonic() > limit:
            raise Wrong(f"{name} is {now}, not in its life {number}")


def look(who):
    """Objects by type, handles and pages of init and of the services, pages in use of all the system."""
    memory = text(who.ask(b"mem -d 0.2"))
    used = re.search(r"(\d+)K used", memory)
    objects = {kind: int(count) for count, kind in
               re.findall(r"(\d+) (\w+)", re.search(r"objects +(.*)", memory)[1])}
    rows = [line.split() for line in text(who.ask(b"ps")).splitlines()]
    processes = {row[-1]: row[4] for row in rows if row and row[-1] in SERVICES + ("init",)}
    init = next(row[5] for row in rows if row and row[-1] == "init")
    if not used:
        raise Wrong(f"how much memory is in use isn't told in KiB: {memory.splitlines()[:1]}")
    return objects, processes, init, int(used[1]) // 4


def compare(before, now):
    for kind, count in before[0].items():
        if abs(now[0][kind] - count) > DIFFERS.get(kind, 0):
            raise Wrong(f"{now[0][kind]} objects {kind}, not {count}")
    expect(before[1], now[1])
    expect(before[2], now[2])
    if abs(now[3] - before[3]) > PAGES_MAX:
        raise Wrong(f"{now[3]} pages in use, not {before[3]}")


def restart(who, name, count):
    """So many lives, each of them up to where it serves."""
    started = life_of(who, name)[1]
    if name == "console":
        for _ in range(count):      # each of them ends what the shell does
            who.ask(b"svc restart console")
    else:
        who.ask(b"n=%d" % count)
        serves = b"[ -e /etc/motd ]" if name == "files" else \
            b"until svc list | grep -q '%s *running'; do :; done" % name.encode()
        loop(who, b"svc restart %s; %s" % (name.encode(), serves))
    awaits_life(who, name, started + count)


def leaves_nothing_behind(who, name, count):
    restart(who, name, WARM_UP)
    before = look(who)
    start = time.monotonic()
    restart(who, name, count)
    seconds = time.monotonic() - start
    now = look(who)
    compare(before, now)
    expect_alive(who)
    return f"{count} lives in {seconds:.1f} s, {now[3] - before[3]:+} of {before[3]} pages"


# ---- commands run meanwhile ----------------------------------------------------------------------

def enter_and_kill(who, name, command):
    """A job in the background kills the service when the command has been taken."""
    number = life_of(who, name)[1]
    flag = b"/tmp/%s%d" % (name.encode(), number)
    who.ask(b"{ until [ -e %s ]; do :; done; svc kill %s; } &" % (flag, name.encode()))
    who.enter(b"echo > %s; %s" % (flag, command))
    who.until(b"] %s: it was killed\r\n" % name.encode())


def in_a_loop(who, name, body):
    """Runs it 12 times; in the midst the service is killed. Gives its rows."""
    number = life_of(who, name)[1]
    who.ask(b"n=12")
    rows = text(loop(who, b"[ $i = 7 ] && svc kill %s; %s" % (name.encode(), body))).splitlines()
    awaits_life(who, name, number + 1)
    expect_alive(who)
    return [row.strip() for row in rows if row.strip()]


def commands_end(who):
    """Each of the pipelines writes what it should, or says why not."""
    for _ in range(LIVES):
        rows = in_a_loop(who, "files", b"cat /etc/motd | wc -l")
        wrong = [row for row in rows if not re.search("^[01]$|: the file service has gone$|: I/O error$", row)]
        if wrong or rows.count("1") < 9:
            raise Wrong(f"{wrong or rows}")


def an_open_file_ends(who):
    """The command has its files when they go: it says so."""
    who.ask(b"{ until ps | grep -q ' running *1 .* cat$'; do :; done; svc kill files; } &")
    who.enter(b"cat - /etc/motd")
    who.until(b"] files: it was killed\r\n")
    who.type(b"typed\r\x04")
    answer = text(who.until(who.prompt))
    if "typed" not in answer or not re.search("cat: .*", answer) or who.succeeded():
        raise Wrong(answer)
    expect_alive(who)


def the_screen_comes_back(who):
    for _ in range(LIVES):
        expect(["1"] * 12, in_a_loop(who, "framebuffer", b"cat /etc/motd | wc -l"))


def com2_comes_back(who):
    expect([str(i) for i in range(12)], in_a_loop(who, "com2", b"echo $i"))


def the_prompt_comes_back(who):
    """Half a command stands there when the terminal dies, or what was typed comes to the next one: Ctrl-U."""
    for _ in range(LIVES):
        number = life_of(who, "console")[1]
        who.ask(b"{ sleep 0.1; svc kill console; } &")
        who.type(b"echo of no use")
        who.until(b"] console: it was killed\r\n")
        who.until(who.prompt)
        who.type(b"\x15")
        expect("whole\n", text(who.ask(b"echo whole")))
        awaits_life(who, "console", number + 1)
        expect_alive(who)


def what_ran_at_the_terminal_ends(who):
    """Nobody could interrupt it any more."""
    for command in (b"sleep 1000", b"cat", b"while :; do echo again; done",
                    b"sh -c 'while :; do :; done' | cat"):
        number = life_of(who, "console")[1]
        enter_and_kill(who, "console", command)
        who.until(who.prompt)
        awaits_life(who, "console", number + 1)
        expect_alive(who)
    if re.search("sleep|cat| sh$", text(who.ask(b"ps"))):
        raise Wrong("it still runs")


def the_shell_itself_comes_back(who):
    who.ask(b"cd /etc")
    who.enter(b"svc kill shell")
    who.until(b"] shell: it was killed\r\n")
    who.until(who.prompt)
    expect("/\n", text(who.ask(b"pwd")))
    expect_alive(who)


# ---- the end of one ------------------------------------------------------------------------------

def is_given_up(who):
    """Killed as soon as it runs, again and again; `svc restart` starts it anew."""
    number = life_of(who, "com2")[1]
    who.ask(b"svc restart com2")
    awaits_life(who, "com2", number + 1)
    who.enter(b"until svc list | grep -q 'com2 *failed'; do svc kill com2 2> /tmp/why; done")
    who.until(b"failed \x1b[0m] com2: given up: 8 times in a row it was killed\r\n")
    who.until(who.prompt)
    expect_alive(who)
    who.ask(b"svc restart com2")
    awaits_life(who, "com2", number + 9)
    expect_alive(who)


TESTS = {
    "commands_go_on_while_the_file_service_is_killed": commands_end,
    "a_command_whose_files_go_says_so_and_ends": an_open_file_ends,
    "commands_do_not_notice_that_the_screen_is_killed": the_screen_comes_back,
    "com2_is_replaced_in_the_released_image": com2_comes_back,
    "a_shell_whose_terminal_is_killed_shows_its_prompt_again": the_prompt_comes_back,
    "what_runs_at_a_terminal_that_is_killed_ends": what_ran_at_the_terminal_ends,
    "a_shell_that_is_killed_comes_back": the_shell_itself_comes_back,
    "a_service_that_is_killed_in_a_loop_is_given_up_and_told": is_given_up,
}


# ---- the boot screen, and the end of all ---------------------------------------------------------

def expect_boot_screen(who):
    """At COM1, in its order; what others say comes between."""
    lines = who.until(who.prompt, typist.STARTED)
    for name in SERVICES:
        if not re.search(STATUS % name.encode(), lines):
            raise Wrong(f"no line says when {name} was ready")
    for line in BANNER:
        found = re.search(rb"\n" + line + rb"\r\n", lines)
        if not found:
            raise Wrong(f"{line!r} isn't in the banner, or not there")
        lines = lines[found.end() - 1:]


def ends(guest, who, command, verb, reason):
    """All of it comes to the line before that ends, too: the shell is the first, as the last one that was started."""
    who.enter(command)
    who.until(b"init: the services end, then the system is " + verb + b"\r\n")
    who.until(b"stopped\x1b[0m] shell\r\n")
    status = guest.process.wait(typist.PATIENCE)
    try:
        guest.qmp.collect_events()
    except qmp.Gone:
        pass
    reasons = [event["data"].get("reason") for event in guest.qmp.events if event["event"] == "SHUTDOWN"]
    if (status, reasons) != (0, [reason]):
        raise Wrong(f"QEMU has ended with {status}, because of {reasons}")


def configuration(name):
    return configurations.Configuration(name, image="normal", cpus=2, com2=True, limit=3600)


def all_leave_nothing_behind(who, report, count):
    for name in SERVICES:
        report.passed(f"{name}_leaves_nothing_behind", reason=leaves_nothing_behind(who, name, count))


def soak(report):
    """Kills and restarts alone, at full length."""
    with typist.at(report, configuration(f"each_service_lives_{FULL}_times")) as (_, who):
        who.until(who.prompt, typist.STARTED)
        all_leave_nothing_behind(who, report, FULL)


def run(report):
    with typist.at(report, configuration("services_die_and_come_back_while_commands_run")) as (guest, who):
        expect_boot_screen(who)
        typist.run_all(TESTS, who, report)
        all_leave_nothing_behind(who, report, SAMPLE)
        ends(guest, who, b"poweroff", b"switched off", "guest-shutdown")
    with typist.at(report, configuration("reboot_ends_the_services_and_resets")) as (guest, who):
        who.until(who.prompt, typist.STARTED)
        ends(guest, who, b"reboot", b"reset", "guest-reset")

# SPDX-License-Identifier: MIT
"""The released system as a person has it: who sits at COM1 types what tests/shell/*.session has, and what is below, and
looks at the screen."""
import calendar
import concurrent.futures
import time

import configurations
import person
import sessions
import typist
from typist import PATIENCE, STARTED, Wrong

UP, DOWN, LEFT = b"\x1b[A", b"\x1b[B", b"\x1b[D"
HOME, END, DELETE, WORD_LEFT = b"\x1b[H", b"\x1b[F", b"\x1b[3~", b"\x1b[1;5D"
CTRL_C, CTRL_D, CTRL_G, CTRL_K, CTRL_L, CTRL_R, CTRL_U, CTRL_W, CTRL_Y = (
    bytes([ord(letter) - 64]) for letter in "CDGKLRUWY")
PASTE_BEGINS, PASTE_ENDS = b"\x1b[200~", b"\x1b[201~"
SCREEN = 80
MINUTE = 60


def expect_rows(wanted, found):
    difference = sessions.differs(wanted, found)
    if difference:
        raise Wrong(difference)


# ---- the start -----------------------------------------------------------------------------------

def begins_with_what_was_typed_before(who):
    """While the kernel starts, long before anybody reads."""
    who.await_row(r"\[ *\d+\.\d+\] cpu .*", patience=STARTED)
    who.type(b"echo typed before\recho and this\r")
    who.await_row("typed before", patience=STARTED)
    who.await_row("and this")
    who.await_prompt()


def shows_what_system_this_is(who):
    expect_rows(["…", "~ \\[  ok   \\] files, .* ms", "…", "~ Senary \\S+, commit [0-9a-f]{12}\\+?", "…",
                 "~ \\d CPUs?, \\d+ MiB of memory, \\d+ MiB free", "…", "Type help or tour.", "…"],
                who.rows())


# ---- keys ----------------------------------------------------------------------------------------

def edits_its_line(who):
    expect_rows(["abcd"], who.ask_by_keys(b"echo bd" + LEFT + b"c" + LEFT * 2 + b"a" + END, "echo abcd"))
    expect_rows(["abc"], who.ask_by_keys(b"xecho abxc" + LEFT + b"\x7f" + HOME + DELETE + END, "echo abc"))
    expect_rows(["one three two"], who.ask_by_keys(
        b"echo one two three" + CTRL_W + LEFT * 4 + CTRL_Y + b" " + END + b"\x7f", "echo one three two"))
    expect_rows(["b"], who.ask_by_keys(
        b"echo a" + CTRL_U + b"echo b c" + WORD_LEFT + LEFT + CTRL_K, "echo b"))


def edits_characters_of_any_width(who):
    expect_rows(["añ日€b"], who.ask_by_keys("echo añ日x€b".encode() + LEFT * 2 + b"\x7f" + END, "echo añ日€b"))
    expect_rows(["e"], who.ask_by_keys("echo é日".encode() + b"\x7f\x7fe", "echo e"))


def brings_back_earlier_commands(who):
    who.ask("echo first")
    who.ask("echo second")
    expect_rows(["first"], who.ask_by_keys(UP + UP, "echo first"))
    expect_rows(["second"], who.ask_by_keys(UP + UP + UP + DOWN, "echo second"))
    row = who.screen.row
    who.type(CTRL_R + b"fir")
    who.await_row("search: fir → echo first", row)
    expect_rows(["first"], who.finish("echo first", row))
    expect_rows(["other"], who.ask_by_keys(CTRL_R + b"sec" + CTRL_G + b"echo other", "echo other"))
    expect_rows(["…", "~ \\s+\\d+  echo second", "…"], who.ask("history"))


def wraps_a_line_that_is_longer_than_the_screen(who):
    words = " ".join(f"word{number}" for number in range(40))
    answer = who.ask("echo " + words)
    expect_rows([words], ["".join(row.ljust(SCREEN) for row in answer).rstrip()])
    line = who.place() + "#echo " + words
    row = who.screen.row
    who.type(b"echo " + words.encode() + HOME + b"#" + END)
    who.wait(lambda: "".join(who.rows(row)) == line and who.screen.column == len(line) % SCREEN, line)
    who.type(CTRL_C)
    who.await_prompt(row)


def completes_names_of_all_kinds(who):
    expect_rows(["Senary: a capability microkernel. Type help or tour."],
                who.ask_by_keys(b"ca\t/et\tmo\t", "cat /etc/motd "))
    expect_rows(["1"], who.ask_by_keys(b"with nam\techo 1", "with names echo 1"))
    expect_rows(["/"], who.ask_by_keys(b"echo $PW\t", "echo $PWD "))
    expect_rows([], who.ask_by_keys(b"svc restart com\t", "svc restart com2 "))
    row = who.screen.row
    who.type(b"he\t\t")
    who.await_row("head +hello +help +hexdump", row)
    who.await_row("/ > he", row, count=2)
    expect_rows([], who.ask_by_keys(b"x\t" + CTRL_U + b"true", "true"))


def takes_a_paste_as_text(who):
    row = who.screen.row
    who.type(PASTE_BEGINS + b"echo a\tb\recho c" + PASTE_ENDS)
    who.await_row("> echo c", row)
    expect_rows(["> echo c", "a b", "c"], who.finish("echo a b", row))


def goes_on_in_the_next_row_with_what_is_unfinished(who):
    row = who.enter("for x in 1 2; do echo 'a")
    who.await_row(">", row)
    who.type(b"b'$x; done")
    expect_rows(["> b'$x; done", "a", "b1", "a", "b2"], who.finish("for x in 1 2; do echo 'a", row))


def clears_the_screen(who):
    who.type(b"echo after" + CTRL_L)
    who.wait(lambda: who.screen.row == who.screen.top and who.screen.before_cursor() == "/ > echo after",
             "an empty screen")
    expect_rows(["after"], who.finish("echo after", who.screen.row))
    who.enter("clear")
    who.wait(lambda: who.screen.row == who.screen.top and who.is_at_prompt(), "an empty screen")


def tells_the_time(who):
    """QEMU's clock is that of who runs the test, in UTC."""
    rows = who.ask("date")
    expect_rows(["~ \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC"], rows)
    text = rows[0]
    told = calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M:%S UTC"))
    if abs(told - time.time()) > MINUTE:
        raise Wrong(f"at {time.strftime('%F %T', time.gmtime())} it is {text}")


# ---- Ctrl-C, and programs that a person sits before ------------------------------------------------

def interrupts_a_pipeline(who):
    row = who.enter("{ echo runs; sleep 1000; } | { read x; echo $x; sleep 1000; } | cat /dev/nothing -")
    who.await_row("runs", row)
    who.type(CTRL_C)
    who.await_prompt(row)
    expect_rows(["130"], who.ask("echo $?"))
    expect_rows(["0"], who.ask("ps | grep -c sleep"))
    who.type(b"echo given up" + CTRL_C)
    who.await_prompt(who.screen.row)


def follows_the_log_until_ctrl_c(who):
    who.ask("log | tail -n 1")
    row = who.enter("{ sleep 0.2; svc restart com2; } & log -f")
    who.await_row(r"\[.* Senary .*", row)
    who.await_row(r"\[.* com2: no UART .*", row, count=2)
    who.type(CTRL_C)
    who.await_prompt(row)
    who.ask("wait")


def shows_what_runs_until_q_or_ctrl_c(who):
    row = who.enter("top -d 0.1")
    who.await_row(r"\d+ threads, .*", row, count=2)
    who.await_row(r" +\d+ +\d+ +\d running +\d+\.\d +\d+K?  top", row)
    who.type(CTRL_C)
    who.await_prompt(row)
    expect_rows(["130"], who.ask("echo $?"))
    row = who.enter("top -d 1000")
    who.await_row("/ > top -d 1000", row)
    who.type(b"xq")
    who.await_prompt(row)
    expect_rows(["0"], who.ask("echo $?"))
    expect_rows(["~ \\d+ threads, .*"], who.ask("top -n 1 -d 0.01 | head -n 1"))


def shows_around(who):
    """The tour, to its end, and given up."""
    row = who.enter("tour")
    for stop in range(1, 9):
        who.await_row(r"\[%d/9\] .*" % stop, row)
        who.await_row("-- Return goes on, q ends --", row, count=stop)
        who.type(b"\r")
    who.await_row(r"\[9/9\] .*", row)
    who.await_prompt(row)
    row = who.enter("tour")
    who.await_row("-- Return goes on, q ends --", row)
    who.type(b"q\r")
    who.await_prompt(row)


def reads_what_is_typed_for_a_command(who):
    row = who.enter("cat > /tmp/typed")
    who.type(b"first lime\x7f\x7fne\rsecond\r" + CTRL_D)
    who.await_prompt(row)
    expect_rows(["first line", "second"], who.ask("cat /tmp/typed; rm /tmp/typed"))
    row = who.enter("cat; echo over")
    who.type(b"line\r")
    who.await_row("line", row, count=2)
    who.type(CTRL_D)
    who.await_row("over", row)
    who.await_prompt(row)


def runs_what_was_typed_ahead(who):
    row = who.enter("sleep 0.3; echo first\recho second")
    who.await_row("first", row)
    who.await_row("second", row)
    who.await_prompt(row)
    row = who.enter("for i in 1 2 3 4; do sleep 0.1; done; echo over\recho ahead")
    who.await_row("ahead", row)
    who.await_prompt(row)
    rows = who.rows(row)
    if rows[:rows.index("over")].count("echo ahead") > 1:
        raise Wrong(f"what is typed ahead is echoed once: {rows}")
    row = who.enter("read x\rhexlo\b\b\bllo\recho got $x")
    who.await_row("got hello", row)
    who.await_prompt(row)


def measures(who):
    expect_rows(["~ \\s+\\d+ ns  a call of the kernel that does nothing", "…",
                 "~ \\s+\\d+ ns  opening a file, reading 4 KiB, closing it"], who.ask("bench"))


# ---- the end ---------------------------------------------------------------------------------------

def restarts_by_reboot(who):
    who.enter("reboot")
    who.expect_boot()
    who.await_prompt(patience=STARTED)
    expect_rows(["~ up 0:00:\\d\\d, .*"], who.ask("uptime"))


TESTS = {
    "what_is_typed_before_the_prompt_is_not_lost": begins_with_what_was_typed_before,
    "the_shell_at_com1_is_started_by_an_init_that_says_what_runs": shows_what_system_this_is,
    "a_line_at_com1_is_edited_by_keys": edits_its_line,
    "a_line_at_com1_has_characters_of_any_width": edits_characters_of_any_width,
    "earlier_commands_at_com1_come_back_and_are_searched": brings_back_earlier_commands,
    "a_line_at_com1_that_is_longer_than_the_screen_wraps": wraps_a_line_that_is_longer_than_the_screen,
    "tab_at_com1_completes_commands_files_services_roles_and_variables": completes_names_of_all_kinds,
    "a_paste_at_com1_is_text_and_no_keys": takes_a_paste_as_text,
    "an_unfinished_command_at_com1_goes_on_in_the_next_row": goes_on_in_the_next_row_with_what_is_unfinished,
    "the_screen_at_com1_is_cleared": clears_the_screen,
    "the_date_at_com1_is_that_of_the_machines_clock": tells_the_time,
    "ctrl_c_at_com1_ends_a_pipeline": interrupts_a_pipeline,
    "the_log_at_com1_is_followed_until_ctrl_c": follows_the_log_until_ctrl_c,
    "top_at_com1_shows_what_runs_until_q_or_ctrl_c": shows_what_runs_until_q_or_ctrl_c,
    "the_tour_at_com1_goes_on_by_return_and_ends_by_q": shows_around,
    "commands_at_com1_read_what_is_typed_up_to_ctrl_d": reads_what_is_typed_for_a_command,
    "what_is_typed_ahead_at_com1_is_run": runs_what_was_typed_ahead,
}
# Four CPUs that two emulate take long for what threads on them say to each other, and another start is another start.
ONE_CPU = {"benchmarks_at_com1_show_how_long_things_take": measures}
LAST = {"reboot_at_com1_starts_the_system_again": restarts_by_reboot}


def await_end(guest, who):
    """QEMU ends, since the system has switched the machine off."""
    while True:
        kind, what = guest.wait()
        if kind == "event" and what["event"] == "SHUTDOWN" and what["data"]["reason"] != "guest-shutdown":
            raise Wrong(f"the machine ended by {what['data']['reason']}")
        if kind == "limit":
            raise Wrong("the machine goes on")
        if kind == "exit":
            return


def run_with(report, name, ends, **more):
    config = configurations.Configuration(name, image="normal", args="-action reboot=reset", **more)
    with typist.at(report, config, kind=person.Person) as (guest, who):
        typist.run_all(TESTS | (ONE_CPU if config.cpus == 1 else {}), who, report)
        sessions.run(who, report)
        typist.run_all(LAST if config.cpus == 1 else {}, who, report)
        for end, keys in ends.items():
            who.type(keys)
            guest.limit = time.monotonic() + PATIENCE
            await_end(guest, who)
            report.passed(end)


def run(report):
    jobs = [
        {"name": "the_released_system_is_used_at_com1_with_1_cpu", "cpus": 1,
         "ends": {"poweroff_at_com1_switches_the_machine_off": b"poweroff\r"}},
        {"name": "the_released_system_is_used_at_com1_with_4_cpus_and_no_framebuffer", "cpus": 4, "vga": "none",
         "ends": {"ctrl_d_at_com1_ends_the_shell_and_the_machine": CTRL_D}}]
    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(run_with, report, **job) for job in jobs]:
            done.result()

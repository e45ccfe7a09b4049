# SPDX-License-Identifier: MIT
"""The deepest that the kernel's stacks can get, from the call graph that gcc writes beside each
object (-fcallgraph-info=su). Calls through pointers are listed here; one that isn't is a failure."""
import glob
import os
import re

import paths

STACK = 8192        # KERNEL_STACK_SIZE (arch/layout.h)
RESERVE = 1024      # frames of traps, and registers that the assembly pushes
RETURN_ADDRESS = 8

# Where C is entered on an empty stack. kernel_leave is on one when a thread makes way at a step point
# (arch_stack_leave): what is below is another stack's.
ENTRIES = ["syscall_dispatch", "trap_from_user", "trap_from_kernel", "trap_anywhere",
           "kernel_main_on_own_stack", "kernel_leave", "smp_main"]

# What waits for a grace period.
FREED = r"free_after_grace|interrupt_free_after_grace|mapping_free|directory_free|device_free|release_later|end_unused|end_others|item_run"

# What a wait that ends for another reason takes the thread out of.
UNDONE = r"take_out_and_tell_locked|take_out_locked|undo_nothing|end_locked|undo|undo_(send|reply|receive)"
# Whom signals wake: a thread, a wait for many, a binding.
WOKEN = r"wake_thread_locked|wake_locked"

# What other CPUs are asked to do.
CALLED = r"drain|nothing|io_ports_refresh"

# What ends with a system object.
REVOKED = r"area_revoke|ports_revoke|interrupts_revoke"

# Consoles.
SHOWN = r"(screen|serial|debug_port)_write"

# Who calls through a pointer -> a pattern for whom. Boot's own stack is larger: its calls are left out.
THROUGH_POINTERS = {
    "syscall_dispatch": r"run_\w+",
    "timers_run": r"timed_out|fired|reminder_fire|look|start_again|refine",
    "undo_locked": UNDONE, "wait_cancel": UNDONE, "timed_out": UNDONE, "wait_begin_locked": UNDONE,
    "kobject_signal_locked": WOKEN, "kobject_waits_end": WOKEN,
    "wake_thread_locked": r"take_out_and_tell_locked|take_out_locked",
    "resume_current": r"fs_base_take|resume|get_log_again|send_again|receive_again",
    "moment_of": r"hpet_read|pm_timer_read|pit_read|apic_count",
    "run_all": FREED, "grace_pass": FREED, "pass_once": FREED,
    "free_after_grace": r"thread_free|free_process|area_free|system_free|event_free|channel_free",
    "kobject_put": r"area_destroy|system_destroy|event_destroy|channel_destroy",
    "area_destroy": r"device_release", "vm_area_revoke": r"device_release",
    "system_close": REVOKED, "grant_revoke_next": REVOKED,
    "kobject_handle_put": r"last_handle|\w+_handle_gone", "kobject_handle_add": r"\w+_handle_added",
    "kobject_signals_locked": r"\w+_levels",
    "kobject_await_locked": r"channel_awaited", "wait_locked": r"channel_awaited",
    "give_locked": r"take", "drop_locked": r"take", "packet_post_locked": r"take", "packet_drop_locked": r"take",
    "packet_receive_locked": r"take",
    "endpoint_close": r"ended", "end_a_source": r"ended", "exchange_repeat": r"try_send|try_receive", "kobject_signals": r"\w+_levels",
    "take_out_and_tell_locked": r"\w+_levels", "kobject_verdict_locked": r"\w+_levels",
    "kobject_wait": r"\w+_levels", "kobject_wait_again": r"\w+_levels",
    "upcall_irq": r"\w+_raise",
    "vm_area_backing_release": r"device_release",
    "in_steps": r"share_step|own_step|clear_step|decommit_step", "vm_area_commit": r"share_step|own_step|clear_step|decommit_step",
    "vm_area_decommit": r"share_step|own_step|clear_step|decommit_step", "vm_area_zero": r"share_step|own_step|clear_step|decommit_step",
    "cpu_call": CALLED + "|panic_here", "cpu_calls_run": CALLED + "|panic_here",
    "account_put": r"account_free",
    "refresh": r"update", "avl_node_changed": r"update",
    "avl_find": r"compare", "avl_floor": r"compare", "avl_ceiling": r"compare",
    "avl_insert": r"compare",
    "put_field": r"write_\w+", "vformat_to": r"write_\w+",
    "append": r"clock_now|cpu_index",
    "show_line": SHOWN, "console_flush": SHOWN,
    "console_panic_begin": r"(screen|serial|debug_port)_reset",
    "console_panic_write": SHOWN,
    "console_panic_tail": SHOWN,
    "halt": r"arch_halt", "show_callers": r"is_stack", "report": r"arch_verdict|arch_halt",
    "walk_table": r"", "visit": r"", "power_request": r"",
    "frame_init": r"", "multiboot2_read": r"", "find_table": r"", "read_root": r"",
    "clock_calibrate": r"", "acpi_read_madt": r"", "acpi_map": r"",
}

# Recursion that is bounded by what it walks: how many times a function is on the stack at most.
DEPTHS = {"walk_table": 4, "packet_post_locked": 1}  # an endpoint can't be bound to another

NODE = re.compile(r'node: \{ title: "([^"]+)" label: "[^"]*?(\d+) bytes \((\w+)')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
INDIRECT = "__indirect_call"


def plain(title):
    """The function's name without its file and the compiler's suffixes."""
    return title.split(":")[-1].split(".")[0]


def read_graph(folder):
    """All but the kernel's tests: these run in test boots alone, where a guard page tells."""
    sizes, calls = {}, {}
    tests = os.path.join(folder, "kernel", "test") + os.sep
    every = glob.glob(os.path.join(folder, "**", "*.ci"), recursive=True)
    for path in (path for path in every if not path.startswith(tests)):
        with open(path, encoding="utf-8") as file:
            for line in file:
                if match := NODE.match(line):
                    sizes[match[1]] = int(match[2])
                elif match := EDGE.match(line):
                    calls.setdefault(match[1], set()).add(match[2])
    return sizes, calls


class Graph:
    def __init__(self, folder):
        self.sizes, self.calls = read_graph(folder)
        self.known = {}
        self.problems = set()

    def callees(self, title):
        for callee in self.calls.get(title, ()):
            if callee != INDIRECT:
                yield callee
            elif plain(title) not in THROUGH_POINTERS:
                self.problems.add(f"{plain(title)} calls through a pointer that stack.py doesn't list")
            else:
                pattern = re.compile(THROUGH_POINTERS[plain(title)])
                yield from (name for name in self.sizes if pattern.fullmatch(plain(name)))

    def depth(self, title, path=()):
        """(bytes, names) of the deepest way down from a function."""
        times = path.count(title)
        if times >= DEPTHS.get(plain(title), 1):
            if title not in path or plain(title) not in DEPTHS:
                self.problems.add("recursion: " + " > ".join(map(plain, path[path.index(title):])))
            return 0, []
        if title in self.known and not times:
            return self.known[title]
        ways = [self.depth(callee, path + (title,)) for callee in sorted(set(self.callees(title)))]
        deepest = max(ways, default=(0, []))
        own = self.sizes.get(title, 0) + RETURN_ADDRESS
        result = own + deepest[0], [f"{plain(title)} {own}"] + deepest[1]
        if not path or plain(title) not in DEPTHS:
            self.known[title] = result
        return result


def kernel_graph(report, name):
    """The graph of the kernel that was built; None, and the test is skipped, if there is none."""
    graph = Graph(os.path.join(paths.BUILD, "obj"))
    if not graph.sizes:
        report.skipped(name, "the compiler wrote no call graph")
        return None
    return graph


def run(report):
    name = "kernel_stacks_are_deep_enough"
    graph = kernel_graph(report, name)
    if graph is None:
        return
    found = {plain(title): graph.depth(title) for title in list(graph.sizes)
             if plain(title) in ENTRIES}
    deepest = max(found.values(), default=(0, []))
    missing = [f"no function {entry}" for entry in ENTRIES if entry not in found]
    problems = missing + sorted(graph.problems)
    if deepest[0] + RESERVE > STACK:
        problems.append(f"{deepest[0]} bytes and {RESERVE} in reserve are more than {STACK}")
    if problems:
        report.failed(name, problems[0], tail=problems + deepest[1])
    else:
        report.passed(name, reason=f"at most {deepest[0]} of {STACK} bytes")

# SPDX-License-Identifier: MIT
"""That a process can always be ended, also when there is no memory: nothing on the way from the kill
to the last frame given back allocates. Proved for all ways, by the call graph of stack.py."""
from stack import kernel_graph, plain

# The call that kills, what a killed thread does on its way out, and what comes a grace period later.
ENTRIES = ["sys_process_kill", "sys_process_exit", "kernel_leave", "grace_pass"]
ALLOCATORS = {"frame_alloc", "frame_alloc_block", "slab_alloc", "slab_alloc_zeroed", "kalloc"}

# Who asks, and copes with a refusal. A large page that lies partly in a range that is cleared is taken
# out whole if there is no table to split it: a page fault brings the rest back.
MAY_BE_REFUSED = {("page_table_clear", "upcall_table_alloc")}


def way_to_allocator(graph, entry):
    """The names from an allocator back to the entry, or None."""
    came_from = {entry: None}
    to_do = [entry]
    while to_do:
        title = to_do.pop()
        if plain(title) in ALLOCATORS:
            way = []
            while title:
                way.append(plain(title))
                title = came_from[title]
            return way
        for callee in sorted(set(graph.callees(title)) - set(came_from)):
            if (plain(title), plain(callee)) not in MAY_BE_REFUSED:
                came_from[callee] = title
                to_do.append(callee)
    return None


def run(report):
    name = "the_end_of_a_process_allocates_nothing"
    graph = kernel_graph(report, name)
    if graph is None:
        return
    entries = [title for title in graph.sizes if plain(title) in ENTRIES]
    ways = [way for way in (way_to_allocator(graph, entry) for entry in entries) if way]
    problems = [" < ".join(way) for way in ways] + sorted(graph.problems)
    if len(entries) < len(ENTRIES):
        problems.append(f"of {', '.join(ENTRIES)} only {len(entries)} are there")
    if problems:
        report.failed(name, problems[0], tail=problems)
    else:
        report.passed(name)

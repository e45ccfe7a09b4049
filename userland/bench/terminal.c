/* SPDX-License-Identifier: MIT */
/*
 * A terminal at COM2, whose UART is in its loop: what is echoed is typed again. One byte goes round until the line
 * is as long as it may be; then that is passed on, and the next one begins.
 *
 *   terminal_echo  time of the terminal's thread for a byte that is typed and echoed, its calls included
 */
#include "drivers/console/discipline.h"
#include "userland/bench/bench.h"
#include <j6/archive.h>
#include <j6/ports.h>
#include <j6/uart_device.h>
#include <proto/terminal.h>

enum { COM2 = 0x2f8, COM2_IRQ = 3, SCRATCH = 0x5a };

static const uint64_t ENDPOINT_RIGHTS = j6_right_endpoint_receive | j6_right_endpoint_send |
                                        j6_right_endpoint_badge | j6_right_wait |
                                        j6_right_duplicate | j6_right_transfer;

static bool has_uart(j6_handle_t system)
{
    bench_require(j6_system_grant_ports(system, j6_handle_self_process, COM2, UART_PORTS), "ports");
    j6_port_write8(COM2 + UART_SCRATCH, SCRATCH);
    return j6_port_read8(COM2 + UART_SCRATCH) == SCRATCH;
}

static j6_handle_t start(j6_handle_t endpoint)
{
    static const char *const argv[] = {"console", "port=0x2f8", "irq=3", NULL};
    const struct j6_range ranges[] = {
        {.kind = j6_range_irq, .first = COM2_IRQ, .count = 1},
        {.kind = j6_range_port, .first = COM2, .count = UART_PORTS},
    };
    j6_handle_t system, process;
    bench_require(j6_system_restrict(j6_find("system"), ranges, 2, &system), "restrict");
    const struct j6_spawn_row rows[] = {
        {"system", system, j6_right_wait},
        {"endpoint", endpoint, ENDPOINT_RIGHTS},
    };
    bench_require(j6_boot_spawn("console", "console", argv, rows, 2, &process), "console");
    bench_require(j6_handle_close(system), "close");
    return process;
}

/* Of its only thread, in ns: instructions, where the clock counts these. */
static uint64_t time_of(j6_handle_t process)
{
    struct j6_snapshot threads;
    const struct j6_thread_info *row;
    j6_koid_t koid;
    uint64_t time = 0;
    bench_require(j6_object_koid(process, &koid), "koid");
    bench_require(j6_snapshot_take(j6_find("system"), j6_topic_threads, koid, &threads), "threads");
    J6_SNAPSHOT_EACH(row, &threads) {
        time += row->cpu_time;
    }
    j6_snapshot_drop(&threads);
    return time;
}

static void read_line(j6_handle_t input)
{
    static char line[LINE_MAX];
    uint64_t len;
    for (uint64_t left = LINE_MAX; left > 0; left -= len) {
        len = left;
        bench_require(j6_channel_receive(input, &len, line, j6_deadline_never), "input");
    }
}

static void echo(j6_handle_t terminal, j6_handle_t process)
{
    struct terminal_open_answer answer;
    j6_handle_t job, input, output;
    uint64_t len = 1;
    bench_require(terminal_open(terminal, terminal_open_foreground, &answer, &job), "job");
    bench_require(terminal_input(job, &input), "input");
    bench_require(terminal_output(job, &output), "output");
    j6_port_write8(COM2 + UART_MODEM_CONTROL, MODEM_READY | MODEM_REQUEST | MODEM_IRQ | MODEM_LOOP);
    bench_require(j6_channel_send(output, &len, "x", j6_deadline_never), "send");
    read_line(input);
    uint64_t before = time_of(process);
    read_line(input);
    bench_report("terminal_echo", (time_of(process) - before) / LINE_MAX, "insn");
    bench_require(j6_handle_close(input), "close");
    bench_require(j6_handle_close(output), "close");
    bench_require(j6_handle_close(job), "close");
}

void bench_terminal(void)
{
    j6_handle_t endpoint;
    if (!has_uart(j6_find("system"))) {
        return;
    }
    bench_require(j6_endpoint_create(0, 1, 0, &endpoint), "endpoint");
    j6_handle_t process = start(endpoint);
    echo(endpoint, process);
    bench_require(j6_process_kill(process, 0), "kill");
    bench_require(j6_handle_close(process), "close");
    bench_require(j6_handle_close(endpoint), "close");
}

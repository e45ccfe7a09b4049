/* SPDX-License-Identifier: MIT */
/*
 * An interrupt and the driver that waits for it, in a process of its own, which is more urgent than what the
 * interrupt finds running: this program.
 *
 *   interrupt_to_driver  from the instruction that makes the device interrupt to the first one of the driver
 *                        after endpoint_receive, its stub included
 *
 * The device is the UART COM2. As soon as it may tell that it has nothing to send, it does; the emulator lets the
 * interrupt in before the next instruction. Without a COM2 there is no figure.
 */
#include "drivers/serial/device.h"
#include "userland/bench/ipc.h"
#include <j6/ports.h>

enum { COM2 = 0x2f8, COM2_IRQ = 3, SCRATCH = 0x5a };
enum { WARM = 8, ROUNDS = 64, URGENT = 2 };

static bool open_uart(void)
{
    j6_handle_t system = j6_find("system");
    bench_require(j6_system_grant_ports(system, j6_handle_self_process, COM2, UART_PORTS), "ports");
    j6_port_write8(COM2 + UART_SCRATCH, SCRATCH);
    j6_port_write8(COM2 + UART_IRQ_ENABLE, 0);
    j6_port_write8(COM2 + UART_MODEM_CONTROL, MODEM_IRQ);
    return j6_port_read8(COM2 + UART_SCRATCH) == SCRATCH;
}

/* Ticks until the driver runs. It tells its time before it waits for the next interrupt. */
static uint64_t interrupt(j6_handle_t told)
{
    struct j6_call call = {0};
    uint64_t start = ticks();
    j6_port_write8(COM2 + UART_IRQ_ENABLE, IRQ_ENABLE_SENT);
    bench_require(j6_endpoint_receive(told, &call, j6_deadline_never), "receive");
    j6_port_write8(COM2 + UART_IRQ_ENABLE, 0);
    return call.word[0] - start;
}

void bench_interrupts(void)
{
    struct bench_server driver;
    const uint64_t priority = URGENT | j6_priority_constant;
    uint64_t sum = 0;
    if (!open_uart()) {
        return;
    }
    bench_server_start(&driver, "serve_interrupts", false);
    bench_require(
        j6_thread_control(driver.thread, j6_control_priority, &priority, sizeof(priority)),
        "priority");
    bench_require(j6_system_bind_irq(j6_find("system"), driver.theirs, COM2_IRQ, 0, NULL), "irq");
    for (int i = 0; i < WARM + ROUNDS; i++) {
        uint64_t figure = interrupt(driver.mine);
        sum += i < WARM ? 0 : figure;
    }
    bench_report("interrupt_to_driver", sum / ROUNDS, "insn");
    bench_server_end(&driver);
}

/* SPDX-License-Identifier: MIT */
/*
 * Off, reset, halt, and the end of an emulated machine with a verdict. Each tries the documented way
 * first; all of it works in any context, polls, and waits no longer than it must.
 */
#include "arch/arch.h"
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/clock.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/debug_port.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/log.h"
#include <j6/log.h>

/* PM1 control (ACPI 6.4, §4.8.3.2.1). */
enum {
    PM1_SCI_ON = 1 << 0, /* ACPI, not the firmware's SMI handler, has the power hardware */
    PM1_SLEEP_TYPE = 7 << 10,
    PM1_SLEEP_TYPE_SHIFT = 10,
    PM1_SLEEP = 1 << 13,
};

/* Reset control of PC chip sets (Intel PIIX3 data sheet, §2.5.5) and the keyboard controller. */
enum { RESET_PORT = 0xcf9, RESET_HARD = 0x02, RESET_NOW = 0x06 };
enum { KEYBOARD_PORT = 0x64, KEYBOARD_BUSY = 1 << 1, KEYBOARD_RESET = 0xfe };

/* Bochs: port 0x8900 ends it on the text "Shutdown". */
enum { BOCHS_PORT = 0x8900 };

/* Reading it does nothing, for about a microsecond on a PC, which does while there is no clock. */
enum { DELAY_PORT = 0x80 };

/* For the hardware to do what it was told; for the last bytes to leave COM1 (16 take 1.4 ms). */
enum { SETTLE_US = 200000, DRAIN_US = 2000 };

/* isa-debug-exit makes 2 * code + 1 of it, in a byte. */
enum { VERDICT_CODE_MAX = 127 };

/*
 * Last resort in a hypervisor without usable ACPI tables: PM1a control and S5 of QEMU (pc), of
 * Bochs and old QEMU, of VirtualBox.
 */
static const struct {
    uint16_t port, value;
} emulator_off[] = {{0x604, 0x2000}, {0xb004, 0x2000}, {0x4004, 0x3400}};

/* Immutable after arch_power_init */
static struct acpi_power power;
static volatile uint8_t *reset_register; /* if it lies in memory */
static uint16_t verdict_port;            /* 0: none */

static void delay(uint32_t us)
{
    j6_time_t end = clock_now() + us * 1000ull;
    for (uint32_t i = 0; clock_runs() ? clock_now() < end : i < us; i++) {
        x86_in8(DELAY_PORT);
    }
}

/* "0xf4" as a port; 0 if it isn't one. */
static uint16_t port_parse(const char *text)
{
    uint32_t port = 0;
    if (text[0] != '0' || text[1] != 'x') {
        return 0;
    }
    for (text += 2; *text != 0; text++) {
        char lower = *text | 0x20;
        bool digit = *text >= '0' && *text <= '9';
        if ((!digit && (lower < 'a' || lower > 'f')) || port > UINT16_MAX >> 4) {
            return 0;
        }
        port = port << 4 | (uint32_t)(digit ? *text - '0' : lower - 'a' + 10);
    }
    return (uint16_t)port;
}

void arch_power_init(const struct acpi_info *acpi, const char *verdict_option)
{
    power = acpi->power;
    if (power.reset_known && power.reset_in_memory) {
        reset_register = device_map(power.reset_address, 1);
    }
    if (verdict_option != NULL) {
        verdict_port = port_parse(verdict_option);
        if (verdict_port == 0) {
            log_warning("power: verdict=%s is no port; it looks like 0xf4", verdict_option);
        }
    }
    bool off = power.s5_known && power.pm1a_control != 0;
    log_info("power   off by %s, reset by %s", off ? "ACPI" : "hand",
             power.reset_known ? "ACPI" : "chip set or keyboard controller");
}

_Noreturn void arch_halt(void)
{
    for (;;) {
        __asm__ volatile("cli\n\thlt");
    }
}

/* Takes the power hardware over from the firmware, unless that is done (ACPI 6.4, §4.8.2.2). */
static void acpi_mode_enter(void)
{
    if ((x86_in16(power.pm1a_control) & PM1_SCI_ON) != 0 || power.smi_command == 0 ||
        power.acpi_enable == 0) {
        return;
    }
    x86_out8(power.smi_command, power.acpi_enable);
    for (uint32_t i = 0; i < SETTLE_US; i++) {
        if ((x86_in16(power.pm1a_control) & PM1_SCI_ON) != 0) {
            return;
        }
        delay(1);
    }
}

/* The type first, then the same with the order to sleep (ACPI 6.4, §16.1.7). */
static void sleep_enter(uint16_t order)
{
    const uint16_t ports[] = {power.pm1a_control, power.pm1b_control};
    const uint8_t types[] = {power.s5_a, power.s5_b};
    for (unsigned i = 0; i < 2; i++) {
        if (ports[i] != 0) {
            int kept = x86_in16(ports[i]) & ~(PM1_SLEEP_TYPE | PM1_SLEEP);
            x86_out16(ports[i], (uint16_t)(kept | types[i] << PM1_SLEEP_TYPE_SHIFT | order));
        }
    }
}

_Noreturn void arch_power_off(void)
{
    __asm__ volatile("cli");
    delay(DRAIN_US);
    if (power.s5_known && power.pm1a_control != 0) {
        acpi_mode_enter();
        sleep_enter(0);
        sleep_enter(PM1_SLEEP);
        delay(SETTLE_US);
    } else if (cpu_features.hypervisor) {
        for (unsigned i = 0; i < sizeof(emulator_off) / sizeof(emulator_off[0]); i++) {
            x86_out16(emulator_off[i].port, emulator_off[i].value);
        }
    }
    log_write(j6_log_output, "The system has ended; this machine is to be switched off by hand.");
    arch_halt();
}

static void keyboard_reset(void)
{
    for (uint32_t i = 0; i < SETTLE_US && (x86_in8(KEYBOARD_PORT) & KEYBOARD_BUSY) != 0; i++) {
        delay(1);
    }
    x86_out8(KEYBOARD_PORT, KEYBOARD_RESET);
}

/* An interrupt without any descriptor table shuts the CPU down, which resets a PC. */
static _Noreturn void triple_fault(void)
{
    static const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) nothing = {0, 0};
    __asm__ volatile("lidt %0\n\tint3" ::"m"(nothing));
    arch_halt();
}

_Noreturn void arch_reset(void)
{
    __asm__ volatile("cli");
    delay(DRAIN_US);
    if (reset_register != NULL) {
        *reset_register = power.reset_value;
        delay(SETTLE_US);
    } else if (power.reset_known && !power.reset_in_memory) {
        x86_out8((uint16_t)power.reset_address, power.reset_value);
        delay(SETTLE_US);
    }
    x86_out8(RESET_PORT, RESET_HARD);
    x86_out8(RESET_PORT, RESET_NOW);
    delay(SETTLE_US);
    keyboard_reset();
    delay(SETTLE_US);
    triple_fault();
}

_Noreturn void arch_verdict(int code)
{
    __asm__ volatile("cli");
    if (code < 0 || code > VERDICT_CODE_MAX) {
        code = VERDICT_CODE_MAX;
    }
    if (code == 0) {
        log_write(j6_log_output, "verdict: pass");
    } else {
        log_write(j6_log_output, "verdict: fail %d", code);
    }
    delay(DRAIN_US);
    if (verdict_port != 0) {
        x86_out8(verdict_port, (uint8_t)code);
    }
    if (verdict_port != 0 || debug_port_answers()) {
        for (const char *at = "Shutdown"; *at != 0; at++) {
            x86_out8(BOCHS_PORT, (uint8_t)*at);
        }
    }
    arch_halt();
}

/* SPDX-License-Identifier: MIT */
/* HPET, PM timer, PIT. One that isn't there reads as all ones, or never moves. */
#include "arch/x86_64/clock_reference.h"
#include "arch/upcall.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/x86.h"
#include <stddef.h>

/* HPET (IA-PC HPET specification 1.0a, §2.3.1): words from its base. */
enum {
    HPET_PERIOD = 1, /* upper half of the capabilities: femtoseconds per tick */
    HPET_CONFIG = 4,
    HPET_COUNTER = 60, /* lower half */
    HPET_SIZE = 0x400,
};
enum { HPET_CONFIG_ON = 1, HPET_PERIOD_MAX = 100000000 };

/* Power management timer (ACPI 6.4, §4.8.3.3): 3.579545 MHz; 24 bits count everywhere. */
enum { PM_TIMER_PERIOD_FS = 279365115, PM_TIMER_MASK = 0xffffff };

/* Interval timer 8254, counter 2 (data sheet 231164): 1.193182 MHz. */
enum { PIT_PERIOD_FS = 838095345, PIT_MASK = 0xffff };
enum { PIT_COUNTER_2 = 0x42, PIT_COMMAND = 0x43, PIT_GATE = 0x61 };
enum {
    PIT_GATE_ON = 1 << 0, /* of counter 2 */
    PIT_SPEAKER_ON = 1 << 1,
    PIT_LATCH_2 = 0x80,
    PIT_SETUP_2 = 0xb0, /* low byte then high byte, mode 0, binary */
};

static volatile uint32_t *hpet;
static uint16_t pm_timer;

static uint32_t hpet_read(void)
{
    return hpet[HPET_COUNTER];
}

static bool hpet_start(const struct acpi_info *acpi, struct clock_reference *self)
{
    hpet = acpi->hpet != 0 ? device_map(acpi->hpet, HPET_SIZE) : NULL;
    if (hpet == NULL || hpet[HPET_PERIOD] == 0 || hpet[HPET_PERIOD] > HPET_PERIOD_MAX) {
        return false;
    }
    self->period_fs = hpet[HPET_PERIOD];
    hpet[HPET_CONFIG] |= HPET_CONFIG_ON;
    return true;
}

static uint32_t pm_timer_read(void)
{
    return x86_in32(pm_timer);
}

static bool pm_timer_start(const struct acpi_info *acpi, struct clock_reference *self)
{
    (void)self;
    pm_timer = acpi->power.pm_timer;
    return pm_timer != 0 && pm_timer_read() != UINT32_MAX;
}

/* The 8254 counts down. */
static uint32_t pit_read(void)
{
    x86_out8(PIT_COMMAND, PIT_LATCH_2);
    uint32_t low = x86_in8(PIT_COUNTER_2);
    return ~(low | (uint32_t)x86_in8(PIT_COUNTER_2) << 8);
}

static bool pit_start(const struct acpi_info *acpi, struct clock_reference *self)
{
    (void)acpi;
    (void)self;
    x86_out8(PIT_GATE, (uint8_t)((x86_in8(PIT_GATE) & ~PIT_SPEAKER_ON) | PIT_GATE_ON));
    x86_out8(PIT_COMMAND, PIT_SETUP_2);
    x86_out8(PIT_COUNTER_2, 0xff);
    x86_out8(PIT_COUNTER_2, 0xff);
    return true;
}

struct clock_reference clock_references[CLOCK_REFERENCES] = {
    {"HPET", hpet_start, hpet_read, UINT32_MAX, 0},
    {"PM timer", pm_timer_start, pm_timer_read, PM_TIMER_MASK, PM_TIMER_PERIOD_FS},
    {"PIT", pit_start, pit_read, PIT_MASK, PIT_PERIOD_FS},
};

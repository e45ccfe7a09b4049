/* SPDX-License-Identifier: MIT */
/*
 * How fast the TSC and the APIC timer run. Only exact statements of CPUID count: leaf 0x16 gives
 * rounded marketing figures. Else the TSC is compared with a timer of known frequency for less than
 * a millisecond. Single readings of such a timer are off by a tick and by the time that the access
 * takes, so the mean of many at the start is compared with the mean of many at the end. Every wait
 * is bounded by the TSC itself. Such a measurement may be wrong by some hundred millionths, so a
 * second one, from a reading then to a reading much later, makes it better without a wait.
 */
#include "arch/arch.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/clock.h"
#include "arch/x86_64/clock_reference.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/log.h"

#define FS_PER_S      1000000000000000ull
#define WINDOW_FS     (FS_PER_S / 1000000 * 900) /* 900 µs */
#define WINDOWS_PER_S (FS_PER_S / WINDOW_FS)

/* What is believed. The slowest are emulators, which may count a few million ticks a second. */
#define TSC_HZ_MIN  1000000ull
#define TSC_HZ_MAX  20000000000ull
#define APIC_HZ_MIN 100000ull
#define APIC_HZ_MAX 4000000000ull

/* How far the second measurement may be from the first: a hundredth. */
enum { TOLERANCE = 100 };

/* A window lasts no longer than the fastest TSC that is believed needs for it. */
#define WINDOW_TSC_MAX (TSC_HZ_MAX / WINDOWS_PER_S)

/* Intel SDM vol. 2, CPUID; the hypervisors' leaves as in VMware's and KVM's documentation. */
enum { LEAF_TSC = 0x15 };
#define LEAF_HYPERVISOR     0x40000000u
#define LEAF_HYPERVISOR_HZ  0x40000010u
#define LEAF_HYPERVISOR_END 0x40000100u

/* a * b / c, by way of 128 bits; the result must fit into 64. */
static uint64_t mul_div(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t low, high;
    __asm__("mulq %3" : "=a"(low), "=d"(high) : "a"(a), "rm"(b));
    __asm__("divq %4" : "=a"(low), "=d"(high) : "a"(low), "d"(high), "rm"(c));
    return low;
}

/* Sums over the readings of one part of the window. */
struct readings {
    uint64_t number;
    uint64_t tsc;
    uint64_t count;
};

enum { PARTS = 3, FRACTION_BITS = 8 };

/* Reads the timer through a window, without what an interruption between two readings has spoilt. */
static void window_read(const struct clock_reference *ref, struct readings part[PARTS])
{
    uint64_t part_count = WINDOW_FS / ref->period_fs / PARTS;
    uint64_t quickest = UINT64_MAX;
    uint32_t start = ref->read();
    uint64_t start_tsc = x86_rdtsc();
    uint64_t tsc, count;
    do {
        tsc = x86_rdtsc();
        count = (ref->read() - start) & ref->mask;
        uint64_t took = x86_rdtsc() - tsc;
        quickest = took < quickest ? took : quickest;
        if (count < PARTS * part_count && took <= 2 * quickest) {
            struct readings *sum = &part[count / part_count];
            sum->number++;
            sum->tsc += tsc - start_tsc;
            sum->count += count;
        }
    } while (count < PARTS * part_count && tsc - start_tsc < WINDOW_TSC_MAX);
}

static uint64_t mean(uint64_t sum, uint64_t number)
{
    return (sum << FRACTION_BITS) / number;
}

/* The TSC's frequency, 0 if the timer doesn't work. A hypervisor may stop us for all of a window. */
static uint64_t tsc_measure(const struct clock_reference *ref)
{
    enum { TRIES = 3 };
    for (unsigned i = 0; i < TRIES; i++) {
        struct readings part[PARTS] = {0};
        window_read(ref, part);
        const struct readings *first = &part[0], *last = &part[PARTS - 1];
        if (first->number != 0 && last->number != 0) {
            uint64_t ticks = mean(last->tsc, last->number) - mean(first->tsc, first->number);
            uint64_t count = mean(last->count, last->number) - mean(first->count, first->number);
            return mul_div(ticks, FS_PER_S, count * ref->period_fs);
        }
    }
    return 0;
}

/* A timer's count, and the TSC at that moment: the tightest of a few readings. */
struct moment {
    uint64_t tsc;
    uint32_t count;
};

static struct moment moment_of(uint32_t (*read)(void))
{
    enum { TRIES = 8 };
    struct moment best = {0};
    uint64_t quickest = UINT64_MAX;
    for (unsigned i = 0; i < TRIES; i++) {
        uint64_t before = x86_rdtsc();
        uint32_t count = read();
        uint64_t took = x86_rdtsc() - before;
        if (took < quickest) {
            quickest = took;
            best = (struct moment){before + took / 2, count};
        }
    }
    return best;
}

static uint32_t apic_count(void)
{
    return UINT32_MAX - apic_timer_count();
}

/* Where the second measurement begins. Only the CPU that boots */
static struct {
    const struct clock_reference *ref; /* NULL: there is to be none */
    struct moment start;
} second;

static bool within(uint64_t value, uint64_t min, uint64_t max)
{
    return min <= value && value <= max;
}

/* CPUID's own word for it, if it is an exact one. Fills in the APIC's frequency too if told. */
static bool rates_told(struct clock_rates *out)
{
    struct cpuid leaf;
    if (cpu_features.hypervisor) {
        uint32_t highest = x86_cpuid(LEAF_HYPERVISOR, 0).eax;
        if (highest < LEAF_HYPERVISOR_HZ || highest >= LEAF_HYPERVISOR_END) {
            return false;
        }
        leaf = x86_cpuid(LEAF_HYPERVISOR_HZ, 0); /* kHz of TSC and APIC */
        *out = (struct clock_rates){leaf.eax * 1000ull, leaf.ebx * 1000ull, "hypervisor"};
    } else {
        leaf = cpu_leaf(LEAF_TSC, 0); /* TSC = crystal in ecx * ebx / eax; the APIC runs on it */
        if (leaf.eax == 0) {
            return false;
        }
        *out = (struct clock_rates){(uint64_t)leaf.ecx * leaf.ebx / leaf.eax, leaf.ecx, "CPUID"};
    }
    return within(out->tsc_hz, TSC_HZ_MIN, TSC_HZ_MAX);
}

static bool tsc_find(const struct acpi_info *acpi, struct clock_rates *out)
{
    for (unsigned i = 0; i < CLOCK_REFERENCES; i++) {
        struct clock_reference *ref = &clock_references[i];
        uint64_t hz = ref->start(acpi, ref) ? tsc_measure(ref) : 0;
        if (within(hz, TSC_HZ_MIN, TSC_HZ_MAX)) {
            *out = (struct clock_rates){.tsc_hz = hz, .source = ref->name};
            if ((uint64_t)ref->mask * ref->period_fs >
                FS_PER_S) { /* it doesn't come round so soon */
                second.ref = ref;
                second.start = moment_of(ref->read);
            }
            return true;
        }
    }
    return false;
}

bool clock_calibrate(const struct acpi_info *acpi, bool apic, struct clock_rates *out)
{
    apic_timer_start(UINT32_MAX);
    struct moment start = moment_of(apic_count);
    bool told = rates_told(out);
    if (!told && !tsc_find(acpi, out)) {
        apic_timer_start(0);
        return false;
    }
    if (apic && !within(out->apic_hz, APIC_HZ_MIN, APIC_HZ_MAX)) {
        while (x86_rdtsc() - start.tsc < out->tsc_hz / WINDOWS_PER_S) {
            arch_pause();
        }
        struct moment end = moment_of(apic_count);
        out->apic_hz = mul_div(end.count - start.count, out->tsc_hz, end.tsc - start.tsc);
        if (!within(out->apic_hz, APIC_HZ_MIN, APIC_HZ_MAX)) {
            log_error("clock: the APIC timer counts %lu times a second", out->apic_hz);
        }
    }
    apic_timer_start(0);
    return true;
}

bool arch_clock_is_rough(void)
{
    return second.ref != NULL;
}

bool clock_calibrate_again(struct clock_rates *rates)
{
    const struct clock_reference *ref = second.ref;
    struct moment end = moment_of(ref->read);
    uint64_t ticks = end.tsc - second.start.tsc;
    uint64_t count = (end.count - second.start.count) & ref->mask;
    uint64_t tolerance = rates->tsc_hz / TOLERANCE;
    second.ref = NULL;
    if (ticks > rates->tsc_hz || count * ref->period_fs < WINDOW_FS) {
        return false; /* so late that it may have come round, or it has stopped */
    }
    uint64_t hz = mul_div(ticks, FS_PER_S, count * ref->period_fs);
    if (!within(hz, rates->tsc_hz - tolerance, rates->tsc_hz + tolerance)) {
        log_warning("clock: %lu kHz by %s now; it isn't believed", hz / 1000, ref->name);
        return false;
    }
    rates->apic_hz = mul_div(rates->apic_hz, hz, rates->tsc_hz);
    rates->tsc_hz = hz;
    return true;
}

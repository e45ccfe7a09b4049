/* SPDX-License-Identifier: MIT */
/*
 * The local APIC (Intel SDM vol. 3, chapter 11), by MSRs where there is x2APIC, else by memory. The
 * two 8259s that came before it are silenced here as well.
 */
#include "arch/x86_64/apic.h"
#include "arch/arch.h"
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/ioapic.h"
#include "arch/x86_64/irq.h"
#include "arch/x86_64/trap.h"
#include "arch/x86_64/x86.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"

/* Registers (table 11-6): the number added to MSR_X2APIC, a sixteenth of the offset in memory. */
enum {
    APIC_ID = 0x02,
    APIC_VERSION = 0x03, /* bits 23 to 16: the number of the last local vector */
    APIC_TASK_PRIORITY = 0x08,
    APIC_EOI = 0x0b,
    APIC_SPURIOUS = 0x0f,
    APIC_ERROR_STATUS = 0x28,
    APIC_LVT_CMCI = 0x2f,
    APIC_COMMAND = 0x30, /* with x2APIC 64 bits, else its high half follows */
    APIC_LVT_TIMER = 0x32,
    APIC_LVT_THERMAL = 0x33,
    APIC_LVT_PERFORMANCE = 0x34,
    APIC_LVT_LINT0 = 0x35, /* LINT1 follows */
    APIC_LVT_ERROR = 0x37,
    APIC_TIMER_INITIAL = 0x38,
    APIC_TIMER_CURRENT = 0x39,
    APIC_TIMER_DIVIDE = 0x3e,
};

/* Local vector table (figure 11-8), spurious vector (11-23), divider (11-10). */
enum {
    LVT_NMI = 4 << 8,
    LVT_ACTIVE_LOW = 1 << 13,
    LVT_MASKED = 1 << 16,
    LVT_TIMER_DEADLINE = 2 << 17,
    SPURIOUS_APIC_ON = 1 << 8,
    DIVIDE_BY_1 = 0xb,
};

/* Interrupt command register (figure 11-12). */
enum { COMMAND_PENDING = 1 << 12, COMMAND_ASSERT = 1 << 14, COMMAND_TO_SHIFT = 24 };
enum { XAPIC_ID_MAX = 254 }; /* 255 is everybody */

/* A vector below 16 would be an error, even if masked. */
enum { LVT_OFF = LVT_MASKED | VECTOR_SPURIOUS };

#define APIC_BASE_X2APIC  (1ull << 10)
#define APIC_BASE_ON      (1ull << 11)
#define APIC_BASE_ADDRESS 0x000ffffffffff000ull

/* Around the registers a MiB in which writes are interrupt messages (§11.11.1). */
#define MESSAGES_SIZE (1ull << 20)

/* The two 8259A (data sheet 231468), each with two ports. */
enum { PIC_FIRST = 0x20, PIC_SECOND = 0xa0, PIC_COMMAND = 0, PIC_DATA = 1 };

/* Immutable after arch_apic_init. NULL: x2APIC. */
static volatile uint32_t *registers;
static const struct acpi_info *machine; /* for the NMIs of each CPU */

static uint32_t apic_read(unsigned reg)
{
    return registers != NULL ? registers[reg * 4] : (uint32_t)x86_rdmsr(MSR_X2APIC + reg);
}

static void apic_write(unsigned reg, uint32_t value)
{
    if (registers != NULL) {
        registers[reg * 4] = value;
    } else {
        x86_wrmsr(MSR_X2APIC + reg, value);
    }
}

void apic_eoi(void)
{
    apic_write(APIC_EOI, 0);
}

uint32_t apic_id(void)
{
    return registers != NULL ? apic_read(APIC_ID) >> 24 : apic_read(APIC_ID);
}

uint32_t apic_id_max(void)
{
    return registers != NULL ? XAPIC_ID_MAX : UINT32_MAX - 1;
}

/*
 * In memory the low half sends, once the one before is on its way. The MSR isn't ordered with what was
 * stored before it (§11.12.3): the fences do that.
 */
void apic_send(uint32_t to, uint32_t message)
{
    message |= COMMAND_ASSERT;
    if (registers == NULL) {
        __asm__ volatile("mfence\n\tlfence" ::: "memory");
        x86_wrmsr(MSR_X2APIC + APIC_COMMAND, (uint64_t)to << 32 | message);
        return;
    }
    while (apic_read(APIC_COMMAND) & COMMAND_PENDING) {
        arch_pause();
    }
    apic_write(APIC_COMMAND + 1, to << COMMAND_TO_SHIFT);
    __asm__ volatile("" ::: "memory");
    apic_write(APIC_COMMAND, message);
}

/* Masked for good; but even then an 8259 may raise a spurious interrupt, so not onto exceptions. */
static void pic_init(void)
{
    static const struct {
        uint8_t port, first, second;
    } steps[] = {
        {PIC_COMMAND, 0x11, 0x11},                          /* ICW1: edges, cascade, ICW4 follows */
        {PIC_DATA, VECTOR_IRQ_FIRST, VECTOR_IRQ_FIRST + 8}, /* ICW2 */
        {PIC_DATA, 1 << 2, 2},  /* ICW3: the second hangs on line 2 of the first */
        {PIC_DATA, 1, 1},       /* ICW4: 8086 mode */
        {PIC_DATA, 0xff, 0xff}, /* OCW1: all lines masked */
    };
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        x86_out8(PIC_FIRST + steps[i].port, steps[i].first);
        x86_out8(PIC_SECOND + steps[i].port, steps[i].second);
    }
}

static void apic_find(void)
{
    if (!cpu_features.apic) {
        panic("this CPU has no local APIC, or it is off in the firmware");
    }
    if (!cpu_features.x2apic) {
        registers = device_map(x86_rdmsr(MSR_APIC_BASE) & APIC_BASE_ADDRESS, PAGE_SIZE);
        if (registers == NULL) {
            panic("no memory to map the local APIC");
        }
    }
}

/* x2APIC can't be entered from off in one step, nor left (§11.12.5). */
static void apic_turn_on(void)
{
    uint64_t base = x86_rdmsr(MSR_APIC_BASE) | APIC_BASE_ON;
    paddr_t messages = base & APIC_BASE_ADDRESS & ~(MESSAGES_SIZE - 1);
    upcall_device_reserve(messages, messages + MESSAGES_SIZE);
    x86_wrmsr(MSR_APIC_BASE, base);
    if (cpu_features.x2apic) {
        x86_wrmsr(MSR_APIC_BASE, base | APIC_BASE_X2APIC);
    }
}

/* The pins where ACPI says that NMIs come in; everything else local is off. */
static void local_nmi_setup(void)
{
    uint32_t uid = ACPI_ALL_CPUS;
    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        if (machine->cpus[i].apic_id == apic_id()) {
            uid = machine->cpus[i].uid;
        }
    }
    for (uint32_t i = 0; i < machine->local_nmi_count; i++) {
        const struct acpi_local_nmi *nmi = &machine->local_nmis[i];
        if (nmi->lint <= 1 && (nmi->uid == ACPI_ALL_CPUS || nmi->uid == uid)) {
            apic_write(APIC_LVT_LINT0 + nmi->lint,
                       LVT_NMI | (nmi->trigger.active_low ? LVT_ACTIVE_LOW : 0));
        }
    }
}

static void local_vectors_setup(void)
{
    static const uint8_t lvt[] = {APIC_LVT_TIMER, APIC_LVT_LINT0,       APIC_LVT_LINT0 + 1,
                                  APIC_LVT_ERROR, APIC_LVT_PERFORMANCE, APIC_LVT_THERMAL,
                                  APIC_LVT_CMCI};
    unsigned last = apic_read(APIC_VERSION) >> 16 & 0xff;
    for (unsigned i = 0; i <= last && i < sizeof(lvt); i++) { /* older ones lack the later */
        apic_write(lvt[i], LVT_OFF);
    }
    local_nmi_setup();
}

void apic_setup(void)
{
    apic_turn_on();
    apic_write(APIC_SPURIOUS, SPURIOUS_APIC_ON | VECTOR_SPURIOUS);
    local_vectors_setup();
    apic_write(APIC_TASK_PRIORITY, 0);
    apic_write(APIC_ERROR_STATUS, 0);
    apic_write(APIC_TIMER_INITIAL, 0);
    apic_write(APIC_TIMER_DIVIDE, DIVIDE_BY_1);
    this_cpu(cpu)->apic_id = apic_id();
}

void arch_apic_init(const struct acpi_info *acpi)
{
    machine = acpi;
    pic_init();
    apic_find();
    apic_setup();
    log_info("apic    id %u, %s", apic_id(), registers != NULL ? "xAPIC" : "x2APIC");
    ioapic_init(acpi);
    irq_init(acpi);
}

/* The fence orders a register in memory before MSR_TSC_DEADLINE (§11.5.4.1). */
void apic_timer_init(bool deadline)
{
    apic_write(APIC_LVT_TIMER, VECTOR_TIMER | (deadline ? LVT_TIMER_DEADLINE : 0));
    __asm__ volatile("mfence" ::: "memory");
}

void apic_timer_start(uint32_t count)
{
    apic_write(APIC_TIMER_INITIAL, count);
}

uint32_t apic_timer_count(void)
{
    return apic_read(APIC_TIMER_CURRENT);
}

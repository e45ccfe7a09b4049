/* SPDX-License-Identifier: MIT */
/*
 * From the assembly's jump to the first process: boot is the list of calls in kernel_main, in this
 * order. What comes before memory works with static storage alone; what comes after may allocate.
 */
#include "kernel/boot/main.h"
#include "arch/arch.h"
#include "arch/page_table.h"
#include "arch/upcall.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/debug_port.h"
#include "arch/x86_64/desc.h"
#include "arch/x86_64/multiboot2.h"
#include "arch/x86_64/serial.h"
#include "ipc/fast_path.h"
#include "ipc/futex.h"
#include "kernel/base/alloc_site.h"
#include "kernel/base/console.h"
#include "kernel/base/log.h"
#include "kernel/base/panic.h"
#include "kernel/base/random.h"
#include "kernel/boot/boot_check.h"
#include "kernel/boot/boot_screen.h"
#include "kernel/boot/cpu_stacks.h"
#include "kernel/boot/load_simple_process.h"
#include "kernel/boot/memory.h"
#include "kernel/boot/start_cpus.h"
#include "kernel/clock.h"
#include "kernel/debug/cpu_watch.h"
#include "kernel/power.h"
#include "kernel/sched.h"
#include "kernel/thread.h"
#include "kernel/step.h"
#include "kernel/test/self_test.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/guarded.h"
#include "mm/physical.h"
#include "version.h"

enum { KERNEL_FRAMES_MIN = 64, KERNEL_SHARE = 64 };

extern const char kernel_image_start[], kernel_image_end[]; /* link.ld */

static struct boot_info boot;
static struct acpi_info acpi;
static struct console serial_console;
static struct console debug_port_console;
static struct account root_account;

static bool is_stack(vaddr_t address, uint64_t size)
{
    paddr_t page;
    uint32_t flags;
    return address >= OFFSET_MAP && address + size >= address &&
           page_table_find(&kernel_page_table, address, &page, &flags) &&
           page_table_find(&kernel_page_table, address + size - 1, &page, &flags);
}

static const struct panic_hooks panic_hooks = {
    .stop_others = arch_stop_others,
    .stopped_at = arch_stopped_at,
    .is_stack = is_stack,
    .verdict = arch_verdict,
    .halt = arch_halt,
};

static void consoles_start(void)
{
    if (serial_init(&serial_console)) {
        console_add(&serial_console);
    }
    if (debug_port_init(&debug_port_console)) {
        console_add(&debug_port_console);
    }
    log_set_sources(clock_now, cpu_index);
    log_info("Senary " SENARY_VERSION " (" SENARY_COMMIT ")");
}

/* For the verbose entry: what the boot loader said. */
static void boot_info_show(void)
{
    static const char *const types[BOOT_RANGE_TYPES] = {"available", "ACPI tables", "ACPI NVS",
                                                        "reserved", "bad"};
    log_debug("loader  %s, command line: %s", boot.loader, boot.command_line);
    for (size_t i = 0; i < boot.range_count; i++) {
        log_debug("range   %#014lx-%#014lx %s", boot.ranges[i].start, boot.ranges[i].end - 1,
                  types[boot.ranges[i].type]);
    }
    for (size_t i = 0; i < boot.module_count; i++) {
        log_debug("module  %#014lx-%#014lx %s", boot.modules[i].start, boot.modules[i].end - 1,
                  boot.modules[i].command_line);
    }
}

static struct alloc_failures *current_alloc_failures(void)
{
    struct thread *thread = sched_current();
    return thread != NULL ? &thread->alloc_failures : NULL;
}

static void boot_info_read(paddr_t multiboot2_info)
{
    const uint64_t reach = 4ull << 30; /* what the boot page tables map */
    if (multiboot2_read(phys_to_virt(multiboot2_info), reach - multiboot2_info, &boot) !=
        j6_status_ok) {
        panic("the boot loader gave no boot information");
    }
    const char *verbosity = boot_option(&boot, "log");
    if (verbosity != NULL && string_equal(verbosity, "debug")) {
        console_set_verbosity(j6_log_debug);
    }
    if (KERNEL_DEBUG) {
        alloc_sites_init(boot_option(&boot, "fail_site"), current_alloc_failures);
    }
}

/* What can be addressed: by the CPU, and by the offset map. */
static paddr_t memory_limit(void)
{
    uint64_t by_cpu = 1ull << cpu_features.physical_bits;
    return by_cpu < OFFSET_MAP_SIZE ? by_cpu : OFFSET_MAP_SIZE;
}

static void physical_start(void)
{
    physical_init(&boot, 1ull << cpu_features.physical_bits);
}

/* Firmware tables lie in memory that the offset map may not cover: reserved ranges. */
static const void *acpi_map(paddr_t address, size_t size)
{
    paddr_t page;
    uint32_t flags;
    if (address >= memory_limit() || size > memory_limit() - address) {
        return NULL;
    }
    const void *pointer = phys_to_virt(address);
    bool covered = true;
    for (paddr_t at = page_down(address); at < address + size; at += PAGE_SIZE) {
        covered &= page_table_find(&kernel_page_table, at + OFFSET_MAP, &page, &flags);
    }
    if (covered) {
        return pointer;
    }
    physical_add_tables(page_down(address), page_up(address + size));
    return device_map_as(address, size, PAGE_WRITE_THROUGH);
}

static void acpi_start(void)
{
    if (acpi_read(boot.rsdp, boot.rsdp_len, acpi_map, &acpi) != j6_status_ok) {
        log_warning("acpi    no tables: one CPU, no power-off");
    }
    arch_power_init(&acpi, boot_option(&boot, "verdict"));
}

static void stacks_start(void)
{
    if (!cpu_stacks_give(percpu_block())) {
        panic("no memory for kernel stacks");
    }
}

static uint64_t module_frames(void)
{
    uint64_t frames = 0;
    for (size_t i = 0; i < boot.module_count; i++) {
        frames += page_count(boot.modules[i].end - boot.modules[i].start);
    }
    return frames;
}

/*
 * What processes may use: all that is free, with the modules, which will be the first one's, less what
 * the kernel keeps. From that comes what nobody is charged for: what lies unused in slabs and in
 * CPUs' lists. So an account runs out before the machine does.
 */
static uint64_t memory_for_processes(void)
{
    uint64_t kept = KERNEL_FRAMES_MIN + frames_total() / KERNEL_SHARE;
    return (frames_free() + module_frames() - kept) * PAGE_SIZE;
}

/* Tests and benchmarks may write as much as they like, unless it is that which is tested. */
static bool logs_are_limited(void)
{
    bool tests = boot_option(&boot, "test") != NULL || boot_option(&boot, "bench") != NULL;
    return !tests || boot_option(&boot, "log_limit") != NULL;
}

/* The last step runs on the CPU's own stack: boot's is given back here. */
_Noreturn void kernel_main_on_own_stack(void)
{
    memory_free_boot();
    if (KERNEL_DEBUG) {
        cpu_watch_start();
    }
    start_cpus(&boot, &acpi); /* they come while this CPU goes on */
    if (boot_option(&boot, "test") != NULL || boot_option(&boot, "bug") != NULL) {
        start_cpus_wait();
    }
    account_init_root(&root_account, memory_for_processes());
    process_init_kernel(&root_account);
    clock_start(&root_account); /* the page that processes read */
    self_test(&boot);
    if (!logs_are_limited()) {
        process_log_unlimited();
    }
    power_start(module_frames(), boot_option(&boot, "verdict") != NULL);
    load_simple_process(&boot, &root_account);
    log_info("boot    %lu KiB in use besides the modules",
             (frames_total() - frames_free() - module_frames()) << (PAGE_SHIFT - 10));
    kernel_leave();
}

_Noreturn void kernel_main(paddr_t multiboot2_info, uint64_t entry_tsc)
{
    arch_percpu_init(); /* before anything per CPU */
    desc_init();        /* faults are reported from here on */
    panic_set_hooks(&panic_hooks);
    consoles_start();                /* COM1 */
    boot_info_read(multiboot2_info); /* a copy: the loader's memory is free from here on */
    arch_cpu_init();                 /* CPUID, control registers, SYSCALL */
    boot_info_check(&boot, memory_limit(), (paddr_t)kernel_image_start - KERNEL_BASE,
                    (paddr_t)kernel_image_end - KERNEL_BASE);
    boot_info_show();
    boot_screen_start(&boot); /* through boot's page tables */
    arch_pat_init();          /* caching types, before they are used */
    vm_space_init_kernel();   /* the kernel's regions, in static storage */
    memory_init_low(&boot);   /* frames below 4 GiB */
    paging_init(&boot);       /* the final page tables */
    boot_screen_pause();      /* they don't map it yet */
    page_table_load(&kernel_page_table);
    physical_start();         /* who may map what, and with which caching */
    boot_screen_remap(&boot); /* write-combining */
    memory_init_high();       /* the other frames */
    random_start();
    acpi_start(); /* tables */
    arch_fpu_init();
    arch_apic_init(&acpi); /* PIC and IOAPIC lines masked */
    arch_clock_init(&acpi, entry_tsc, boot_option(&boot, "clock")); /* time stamps from here on */
    timers_init();
    sched_init();
    futex_init();
    fast_path_init(boot_option(&boot, "ipc"));
    stacks_start(); /* guarded */
    arch_call_on_stack(this_cpu(cpu)->kernel_stack, kernel_main_on_own_stack);
}

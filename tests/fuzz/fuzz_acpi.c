/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/acpi.c arch/x86_64/acpi_madt.c arch/x86_64/acpi_power.c */
/*
 * Any bytes as ACPI tables. An input is a byte of flags and then tables, each after its length in
 * two bytes; table n lies at n × 64 KiB, table 0 is the root pointer. Unless the flags say no, their
 * checksums are put right, since no mutation finds them.
 */
#include <test_acpi_memory.h>

enum { KEEP_CHECKSUMS = 1, TABLES_MAX = 24, HEAD_SIZE = 36, TABLE_CHECKSUM = 9 };

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void repair(uint8_t *table, size_t size)
{
    uint32_t len;
    if (size >= HEAD_SIZE) {
        memcpy(&len, table + 4, sizeof(len));
        checksum_set(table, len >= HEAD_SIZE && len < size ? len : size, TABLE_CHECKSUM);
    }
}

static void repair_rsdp(uint8_t *rsdp, size_t size)
{
    if (size >= 20) {
        checksum_set(rsdp, 20, 8);
    }
    if (size >= HEAD_SIZE) {
        checksum_set(rsdp, HEAD_SIZE, 32);
    }
}

static void check(const struct acpi_info *info)
{
    require(info->cpu_count <= ACPI_CPUS_MAX && info->ioapic_count <= ACPI_IOAPICS_MAX);
    require(info->override_count <= ACPI_OVERRIDES_MAX && info->nmi_count <= ACPI_NMIS_MAX);
    require(info->local_nmi_count <= ACPI_NMIS_MAX && info->segment_count <= ACPI_SEGMENTS_MAX);
    require(info->power.s5_a <= 7 && info->power.s5_b <= 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct acpi_info info;
    uint8_t *copy = malloc(size + 1);
    memcpy(copy, data, size);
    uint8_t *rsdp = copy;
    size_t rsdp_len = 0;
    size_t at = 1;
    for (paddr_t n = 0; n < TABLES_MAX && at + 2 <= size; n++) {
        size_t len = copy[at] | (size_t)copy[at + 1] << 8;
        at += 2;
        len = len < size - at ? len : size - at;
        if ((data[0] & KEEP_CHECKSUMS) == 0) {
            (n == 0 ? repair_rsdp : repair)(copy + at, len);
        }
        if (n == 0) {
            rsdp = copy + at;
            rsdp_len = len;
        } else {
            memory_add(n << 16, copy + at, len);
        }
        at += len;
    }
    uint8_t *exact = malloc(rsdp_len + 1);
    memcpy(exact, rsdp, rsdp_len);
    if (acpi_read(exact, rsdp_len, memory_map, &info) == j6_status_ok) {
        check(&info);
    }
    free(exact);
    memory_clear();
    free(copy);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/acpi.c arch/x86_64/acpi_madt.c arch/x86_64/acpi_power.c */
/* The ACPI tables: roots of every age, each table but the FADT, and damage of every kind. */
#include <test_acpi.h>

static struct table *madt_begin(void)
{
    struct table *madt = table_begin("APIC", 36);
    put(madt, 0xfee00000, 4);
    put(madt, 1, 4);
    return madt;
}

static void put_local_apic(struct table *madt, uint8_t uid, uint8_t id, uint32_t flags)
{
    put(madt, 0x0800, 2);
    put(madt, uid, 1);
    put(madt, id, 1);
    put(madt, flags, 4);
}

/* A whole MADT. */
static struct table *put_one_cpu(void)
{
    struct table *madt = madt_begin();
    put_local_apic(madt, 0, 0, 1);
    listed_end(madt);
    return madt;
}

static void put_x2apic(struct table *madt, uint32_t uid, uint32_t id, uint32_t flags)
{
    put(madt, 0x1009, 4);
    put(madt, id, 4);
    put(madt, flags, 4);
    put(madt, uid, 4);
}

static void put_ioapic(struct table *madt, uint8_t id, uint32_t address, uint32_t gsi)
{
    put(madt, 0x0c01, 2);
    put(madt, id, 2);
    put(madt, address, 4);
    put(madt, gsi, 4);
}

static void put_override(struct table *madt, uint8_t irq, uint32_t gsi, uint16_t flags)
{
    put(madt, 0x0a02, 2);
    put(madt, 0, 1);
    put(madt, irq, 1);
    put(madt, gsi, 4);
    put(madt, flags, 2);
}

static void root_of_revision_0_is_read(void **state)
{
    (void)state;
    uint8_t rsdp[36];
    put_one_cpu();
    root_put(ROOT, 4);
    rsdp_make(rsdp, 0, ROOT, 0);
    assert_int_equal(read_with(rsdp, 20), j6_status_ok);
    assert_int_equal(info.cpu_count, 1);
    assert_int_equal(read_with(rsdp, 36), j6_status_ok);
    assert_int_equal(info.cpu_count, 1);
    assert_int_equal(warnings, 0);
}

static void root_of_revision_2_prefers_the_xsdt(void **state)
{
    (void)state;
    uint8_t rsdp[36];
    put_one_cpu();
    root_put(ROOT, 8);
    rsdp_make(rsdp, 2, 0xdead0000, ROOT);
    assert_int_equal(read_with(rsdp, 36), j6_status_ok);
    assert_int_equal(info.cpu_count, 1);
}

static void root_falls_back_to_the_rsdt(void **state)
{
    (void)state;
    uint8_t rsdp[36];
    put_one_cpu();
    root_put(ROOT, 4);
    rsdp_make(rsdp, 2, ROOT, 0);
    assert_int_equal(read_with(rsdp, 36), j6_status_ok);
    rsdp_make(rsdp, 2, ROOT, 0xdead0000);
    assert_int_equal(read_with(rsdp, 36), j6_status_ok);
    rsdp_make(rsdp, 2, ROOT, ROOT);
    assert_int_equal(read_with(rsdp, 36), j6_status_ok);
    rsdp_make(rsdp, 2, ROOT, 0xdead0000);
    rsdp[33] = 1;
    assert_int_equal(read_with(rsdp, 36), j6_status_ok);
    assert_int_equal(read_with(rsdp, 20), j6_status_ok);
    assert_int_equal(info.cpu_count, 1);
}

static void root_that_is_damaged_is_not_found(void **state)
{
    (void)state;
    uint8_t rsdp[36];
    root_put(ROOT, 4);
    rsdp_make(rsdp, 0, ROOT, 0);
    for (size_t i = 0; i < 20; i++) {
        uint8_t damaged[36];
        memcpy(damaged, rsdp, sizeof(damaged));
        damaged[i] ^= 0x10;
        assert_int_equal(read_with(damaged, 20), j6_err_not_found);
        assert_int_equal(warnings, 1);
    }
    for (size_t len = 0; len < 20; len++) {
        assert_int_equal(read_with(rsdp, len), j6_err_not_found);
    }
    rsdp_make(rsdp, 0, 0, 0);
    assert_int_equal(read_with(rsdp, 20), j6_err_not_found);
    rsdp_make(rsdp, 2, ROOT + 1, ROOT + 1);
    assert_int_equal(read_with(rsdp, 36), j6_err_not_found);
    assert_int_equal(info.cpu_count, 0);
}

static void root_may_list_what_is_not_there(void **state)
{
    (void)state;
    uint8_t rsdp[36];
    struct table *root = table_begin("XSDT", 36);
    put(root, 0, 8);
    put(root, ~0ull, 8);
    put(root, 0x123456789abc, 8);
    put(root, 0x1234567, 7);
    table_end(root, ROOT);
    rsdp_make(rsdp, 2, 0, ROOT);
    assert_int_equal(read_with(rsdp, 36), j6_status_ok);
}

static void table_with_wrong_checksum_is_left_out(void **state)
{
    (void)state;
    struct table *madt = put_one_cpu();
    madt->bytes[40]++;
    read_all();
    assert_int_equal(info.cpu_count, 0);
    assert_int_equal(warnings, 1);
}

static void table_of_impossible_length_is_left_out(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0, 35, 36, 43, 53, 4096, 0x7fffffff, 0xffffffff};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        set_up(NULL);
        struct table *madt = put_one_cpu();
        set(madt, 4, lengths[i], 4);
        checksum_set(madt->bytes, lengths[i] < 53 ? lengths[i] : 52, TABLE_CHECKSUM);
        read_all();
        assert_int_equal(info.cpu_count, 0);
        assert_true(warnings > 0);
    }
}

static void table_that_comes_twice_counts_once(void **state)
{
    (void)state;
    for (uint8_t i = 0; i < 2; i++) {
        struct table *madt = madt_begin();
        put_local_apic(madt, i, i, 1);
        listed_end(madt);
    }
    read_all();
    assert_int_equal(info.cpu_count, 1);
    assert_int_equal(info.cpus[0].apic_id, 0);
    assert_int_equal(warnings, 1);
}

static void madt_tells_cpus_that_are_enabled(void **state)
{
    (void)state;
    struct table *madt = madt_begin();
    put_local_apic(madt, 1, 0, 1);
    put_local_apic(madt, 2, 2, 0);
    put_local_apic(madt, 3, 4, 2);
    put_local_apic(madt, 4, 6, 3);
    put_x2apic(madt, 5, 0x12345, 1);
    put_x2apic(madt, 6, 0x12346, 0);
    put_x2apic(madt, 4, 6, 1);
    listed_end(madt);
    read_all();
    assert_int_equal(warnings, 0);
    assert_int_equal(info.local_apic, 0xfee00000);
    assert_true(info.has_pics);
    assert_int_equal(info.cpu_count, 3);
    assert_int_equal(info.cpus[0].apic_id, 0);
    assert_int_equal(info.cpus[0].uid, 1);
    assert_int_equal(info.cpus[1].apic_id, 6);
    assert_int_equal(info.cpus[2].apic_id, 0x12345);
    assert_int_equal(info.cpus[2].uid, 5);
}

static void madt_tells_how_interrupts_are_wired(void **state)
{
    (void)state;
    struct table *madt = madt_begin();
    put_ioapic(madt, 2, 0xfec00000, 0);
    put_ioapic(madt, 3, 0xfec01000, 24);
    put_override(madt, 0, 2, 0);
    put_override(madt, 9, 9, 0xd);
    put_override(madt, 10, 10, 0xf);
    put(madt, 0x0803, 2); /* NMI source */
    put(madt, 3, 2);
    put(madt, 17, 4);
    put(madt, 0x0604, 2); /* local NMI of all CPUs */
    put(madt, 0xff, 1);
    put(madt, 0, 2);
    put(madt, 1, 1);
    put(madt, 0x0c0a, 2); /* x2APIC NMI */
    put(madt, 0x3, 2);
    put(madt, 700, 4);
    put(madt, 0, 4);
    put(madt, 0x0c05, 4); /* address of the local APICs */
    put(madt, 0x1fee00000, 8);
    listed_end(madt);
    read_all();
    assert_int_equal(warnings, 0);
    assert_int_equal(info.ioapic_count, 2);
    assert_int_equal(info.ioapics[1].address, 0xfec01000);
    assert_int_equal(info.ioapics[1].id, 3);
    assert_int_equal(info.ioapics[1].first_gsi, 24);
    assert_int_equal(info.override_count, 3);
    assert_int_equal(info.overrides[0].isa_irq, 0);
    assert_int_equal(info.overrides[0].gsi, 2);
    assert_false(info.overrides[0].trigger.level || info.overrides[0].trigger.active_low);
    assert_true(info.overrides[1].trigger.level && !info.overrides[1].trigger.active_low);
    assert_true(info.overrides[2].trigger.level && info.overrides[2].trigger.active_low);
    assert_int_equal(info.nmi_count, 1);
    assert_int_equal(info.nmis[0].gsi, 17);
    assert_true(info.nmis[0].trigger.active_low);
    assert_int_equal(info.local_nmi_count, 2);
    assert_int_equal(info.local_nmis[0].uid, ACPI_ALL_CPUS);
    assert_int_equal(info.local_nmis[0].lint, 1);
    assert_int_equal(info.local_nmis[1].uid, 700);
    assert_int_equal(info.local_apic, 0x1fee00000);
}

static void madt_of_1000_of_each_keeps_what_fits(void **state)
{
    (void)state;
    struct table *madt = madt_begin();
    for (uint32_t i = 0; i < 300; i++) {
        put_x2apic(madt, i, i, 1);
        put_ioapic(madt, (uint8_t)i, i * 4096, i * 24);
        put_override(madt, (uint8_t)i, i, 0);
    }
    listed_end(madt);
    read_all();
    assert_int_equal(info.cpu_count, ACPI_CPUS_MAX);
    assert_int_equal(info.ioapic_count, ACPI_IOAPICS_MAX);
    assert_int_equal(info.override_count, ACPI_OVERRIDES_MAX);
    assert_int_equal(warnings, 1);
}

static void madt_entry_of_length_0_or_1_ends_the_reading(void **state)
{
    (void)state;
    for (uint8_t len = 0; len < 2; len++) {
        set_up(NULL);
        struct table *madt = madt_begin();
        put_local_apic(madt, 0, 0, 1);
        put(madt, (uint64_t)len << 8, 8);
        put_local_apic(madt, 1, 1, 1);
        listed_end(madt);
        read_all();
        assert_int_equal(info.cpu_count, 1);
        assert_int_equal(warnings, 1);
    }
}

static void madt_entry_beyond_the_end_ends_the_reading(void **state)
{
    (void)state;
    struct table *madt = madt_begin();
    put_local_apic(madt, 0, 0, 1);
    put(madt, 0x0800, 4);
    listed_end(madt);
    read_all();
    assert_int_equal(info.cpu_count, 1);
    assert_int_equal(warnings, 1);
}

static void madt_entry_too_short_for_its_type_is_skipped(void **state)
{
    (void)state;
    struct table *madt = madt_begin();
    for (uint8_t type = 0; type < 12; type++) {
        put(madt, 0x0300u | type, 3);
    }
    put_local_apic(madt, 7, 7, 1);
    listed_end(madt);
    read_all();
    assert_int_equal(info.cpu_count, 1);
    assert_int_equal(info.cpus[0].apic_id, 7);
    assert_int_equal(warnings, 1);
}

static void hpet_address_is_read(void **state)
{
    (void)state;
    struct table *hpet = table_begin("HPET", 56);
    set(hpet, 44, 0xfed00000, 8);
    listed_end(hpet);
    read_all();
    assert_int_equal(info.hpet, 0xfed00000);
}

static void hpet_in_ports_is_none(void **state)
{
    (void)state;
    struct table *hpet = table_begin("HPET", 56);
    set(hpet, 40, 1, 1);
    set(hpet, 44, 0xfed00000, 8);
    listed_end(hpet);
    read_all();
    assert_int_equal(info.hpet, 0);
}

static void put_segment(struct table *mcfg, uint64_t address, uint16_t number, uint8_t first,
                        uint8_t last)
{
    put(mcfg, address, 8);
    put(mcfg, number, 2);
    put(mcfg, first, 1);
    put(mcfg, last, 1);
    put(mcfg, 0, 4);
}

static void mcfg_segments_are_read(void **state)
{
    (void)state;
    struct table *mcfg = table_begin("MCFG", 44);
    put_segment(mcfg, 0xb0000000, 0, 0, 255);
    put_segment(mcfg, 0xc0000000, 1, 9, 8);
    put_segment(mcfg, 0x100000000, 2, 16, 31);
    put(mcfg, 0, 8);
    put(mcfg, 0, 7);
    listed_end(mcfg);
    read_all();
    assert_int_equal(info.segment_count, 2);
    assert_int_equal(info.segments[0].address, 0xb0000000);
    assert_int_equal(info.segments[0].last_bus, 255);
    assert_int_equal(info.segments[1].number, 2);
    assert_int_equal(info.segments[1].first_bus, 16);
}

static void mcfg_of_many_segments_keeps_what_fits(void **state)
{
    (void)state;
    struct table *mcfg = table_begin("MCFG", 44);
    for (uint16_t i = 0; i < ACPI_SEGMENTS_MAX + 4; i++) {
        put_segment(mcfg, 0xb0000000, i, 0, 255);
    }
    listed_end(mcfg);
    read_all();
    assert_int_equal(info.segment_count, ACPI_SEGMENTS_MAX);
    assert_int_equal(warnings, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(root_of_revision_0_is_read, set_up),
        cmocka_unit_test_setup(root_of_revision_2_prefers_the_xsdt, set_up),
        cmocka_unit_test_setup(root_falls_back_to_the_rsdt, set_up),
        cmocka_unit_test_setup(root_that_is_damaged_is_not_found, set_up),
        cmocka_unit_test_setup(root_may_list_what_is_not_there, set_up),
        cmocka_unit_test_setup(table_with_wrong_checksum_is_left_out, set_up),
        cmocka_unit_test_setup(table_of_impossible_length_is_left_out, set_up),
        cmocka_unit_test_setup(table_that_comes_twice_counts_once, set_up),
        cmocka_unit_test_setup(madt_tells_cpus_that_are_enabled, set_up),
        cmocka_unit_test_setup(madt_tells_how_interrupts_are_wired, set_up),
        cmocka_unit_test_setup(madt_of_1000_of_each_keeps_what_fits, set_up),
        cmocka_unit_test_setup(madt_entry_of_length_0_or_1_ends_the_reading, set_up),
        cmocka_unit_test_setup(madt_entry_beyond_the_end_ends_the_reading, set_up),
        cmocka_unit_test_setup(madt_entry_too_short_for_its_type_is_skipped, set_up),
        cmocka_unit_test_setup(hpet_address_is_read, set_up),
        cmocka_unit_test_setup(hpet_in_ports_is_none, set_up),
        cmocka_unit_test_setup(mcfg_segments_are_read, set_up),
        cmocka_unit_test_setup(mcfg_of_many_segments_keeps_what_fits, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

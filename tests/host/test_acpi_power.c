/* SPDX-License-Identifier: MIT */
/* SOURCES: arch/x86_64/acpi.c arch/x86_64/acpi_madt.c arch/x86_64/acpi_power.c */
/* How to switch off, as the FADT and the DSDT tell it. */
#include <test_acpi.h>

static void put_dsdt(const void *aml, size_t len)
{
    static struct table dsdt;
    memset(&dsdt, 0, sizeof(dsdt));
    memcpy(dsdt.bytes, "DSDT", 4);
    memcpy(dsdt.bytes + 36, aml, len);
    dsdt.len = 36 + len;
    table_end(&dsdt, DSDT);
}

static void fadt_of_acpi_1_is_read(void **state)
{
    (void)state;
    struct table *fadt = table_begin("FACP", 116);
    set(fadt, 40, DSDT, 4);
    set(fadt, 48, 0xb2, 4);
    set(fadt, 52, 0xf1, 1);
    set(fadt, 64, 0x604, 4);
    set(fadt, 76, 0x608, 4);
    set(fadt, 112, 1u << 8, 4);
    listed_end(fadt);
    put_dsdt("\x08_S5_\x12\x06\x04\x0a\x05\x0a\x06\x00\x00", 13);
    read_all();
    assert_int_equal(warnings, 0);
    assert_int_equal(info.power.pm1a_control, 0x604);
    assert_int_equal(info.power.pm1b_control, 0);
    assert_int_equal(info.power.pm_timer, 0x608);
    assert_true(info.power.pm_timer_32);
    assert_int_equal(info.power.smi_command, 0xb2);
    assert_int_equal(info.power.acpi_enable, 0xf1);
    assert_false(info.power.reset_known);
    assert_true(info.power.s5_known);
    assert_int_equal(info.power.s5_a, 5);
    assert_int_equal(info.power.s5_b, 6);
}

static void fadt_of_later_acpi_prefers_the_long_addresses(void **state)
{
    (void)state;
    struct table *fadt = table_begin("FACP", 276);
    set(fadt, 40, 0xdead0000, 4);
    set(fadt, 64, 0x604, 4);
    set(fadt, 68, 0x704, 4);
    set(fadt, 112, 1u << 10, 4);
    set(fadt, 116, 1, 1);
    set(fadt, 120, 0xcf9, 8);
    set(fadt, 128, 0x0e, 1);
    set(fadt, 140, DSDT, 8);
    set(fadt, 172, 1, 1);
    set(fadt, 176, 0x1804, 8);
    set(fadt, 184, 0, 1); /* in memory: not for us */
    set(fadt, 188, 0x1804, 8);
    listed_end(fadt);
    put_dsdt("\x08\\_S5_\x12\x06\x04\x00\x01", 12);
    read_all();
    assert_int_equal(info.power.pm1a_control, 0x1804);
    assert_int_equal(info.power.pm1b_control, 0x704);
    assert_false(info.power.pm_timer_32);
    assert_true(info.power.reset_known);
    assert_false(info.power.reset_in_memory);
    assert_int_equal(info.power.reset_address, 0xcf9);
    assert_int_equal(info.power.reset_value, 0x0e);
    assert_true(info.power.s5_known);
    assert_int_equal(info.power.s5_a, 0);
    assert_int_equal(info.power.s5_b, 1);
}

static void fadt_with_ports_beyond_64_kib_has_none(void **state)
{
    (void)state;
    struct table *fadt = table_begin("FACP", 244);
    set(fadt, 64, 0x10000, 4);
    set(fadt, 172, 1, 1);
    set(fadt, 176, 1ull << 40, 8);
    listed_end(fadt);
    read_all();
    assert_int_equal(info.power.pm1a_control, 0);
}

static bool s5_found(const void *aml, size_t len)
{
    set_up(NULL);
    struct table *fadt = table_begin("FACP", 116);
    set(fadt, 40, DSDT, 4);
    listed_end(fadt);
    put_dsdt(aml, len);
    read_all();
    return info.power.s5_known;
}

static void s5_is_found_in_every_encoding(void **state)
{
    (void)state;
    assert_true(s5_found("\x10\x08_S5_\x12\x07\x02\x0b\x05\x00\x0c\x07\x00\x00\x00", 17));
    assert_int_equal(info.power.s5_a, 5);
    assert_int_equal(info.power.s5_b, 7);
    assert_true(s5_found("\x08_S5_\x12\x46\x00\x04\x0a\x02\x01\x00\x00", 13));
    assert_int_equal(info.power.s5_a, 2);
    assert_int_equal(info.power.s5_b, 1);
    assert_true(s5_found("_S5__S5_\x08_S5_\x12\x06\x04\x01\x01", 18));
    assert_int_equal(info.power.s5_a, 1);
}

static void s5_that_is_damaged_is_unknown(void **state)
{
    (void)state;
    assert_false(s5_found("", 0));
    assert_false(s5_found("\x08_S5", 4));
    assert_false(s5_found("\x08_S5_", 5));
    assert_false(s5_found("_S5_\x12\x06\x04\x01\x01", 9));
    assert_false(s5_found("\x08_S5_\x11\x06\x04\x01\x01", 10));
    assert_false(s5_found("\x08_S5_\x12\x06\x01\x01\x01", 10));
    assert_false(s5_found("\x08_S5_\x12\x06\x04\x0a\x08\x00", 11));
    assert_false(s5_found("\x08_S5_\x12\x06\x04\xff\x00", 10));
    assert_false(s5_found("\x08_S5_\x12\x06\x04\x0b\x05\x01\x00", 12));
    for (size_t len = 0; len < 11; len++) {
        assert_false(s5_found("\x08_S5_\x12\xc6\x00\x00\x00\x04\x0a\x05\x00", len));
    }
    assert_true(s5_found("\x08_S5_\x12\xc6\x00\x00\x00\x04\x0a\x05\x00", 14));
}

static void s5_of_a_dsdt_with_wrong_checksum_is_unknown(void **state)
{
    (void)state;
    struct table *fadt = table_begin("FACP", 116);
    set(fadt, 40, DSDT, 4);
    listed_end(fadt);
    struct table *dsdt = table_begin("DSDT", 36);
    memcpy(dsdt->bytes + 36, "\x08_S5_\x12\x06\x04\x01\x01", 10);
    dsdt->len += 10;
    table_end(dsdt, DSDT);
    dsdt->bytes[44]++;
    read_all();
    assert_false(info.power.s5_known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(fadt_of_acpi_1_is_read, set_up),
        cmocka_unit_test_setup(fadt_of_later_acpi_prefers_the_long_addresses, set_up),
        cmocka_unit_test_setup(fadt_with_ports_beyond_64_kib_has_none, set_up),
        cmocka_unit_test_setup(s5_is_found_in_every_encoding, set_up),
        cmocka_unit_test_setup(s5_that_is_damaged_is_unknown, set_up),
        cmocka_unit_test_setup(s5_of_a_dsdt_with_wrong_checksum_is_unknown, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * How to switch off and reset: the FADT (ACPI 6.4, 5.2.9), and of the DSDT just the package _S5_,
 * found by its name (7.4.2.6). The machine language around it isn't interpreted.
 */
#include "arch/x86_64/acpi_tables.h"
#include "lib/string.h"

enum {
    AML_ZERO = 0x00,
    AML_ONE = 0x01,
    AML_NAME = 0x08,
    AML_BYTE = 0x0a,
    AML_WORD = 0x0b,
    AML_DWORD = 0x0c,
    AML_PACKAGE = 0x12,
};

enum { SLEEP_TYPE_MAX = 7 };

/* The port of a register that has a long and a short address; 0 when it has none. */
static uint16_t port(const struct acpi_address *x, uint32_t legacy)
{
    bool use_x = x->space == ACPI_SPACE_IO && x->address != 0;
    uint64_t address = use_x ? x->address : legacy;
    return address <= UINT16_MAX ? (uint16_t)address : 0;
}

void acpi_read_fadt(const struct acpi_table *table, struct acpi_info *out, paddr_t *out_dsdt)
{
    struct acpi_fadt fadt = {0}; /* older tables are shorter */
    memcpy(&fadt, table, table->len < sizeof(fadt) ? table->len : sizeof(fadt));

    struct acpi_power *power = &out->power;
    struct acpi_address none = {0};
    power->pm1a_control = port(&fadt.x_pm1a_control, fadt.pm1a_control);
    power->pm1b_control = port(&fadt.x_pm1b_control, fadt.pm1b_control);
    power->pm_timer = port(&fadt.x_pm_timer, fadt.pm_timer);
    power->pm_timer_32 = (fadt.flags & ACPI_FADT_TIMER_32) != 0;
    power->smi_command = port(&none, fadt.smi_command);
    power->acpi_enable = fadt.acpi_enable;
    if ((fadt.flags & ACPI_FADT_HAS_RESET) != 0 && fadt.reset.address != 0 &&
        fadt.reset.space <= ACPI_SPACE_IO) {
        power->reset_known = true;
        power->reset_in_memory = fadt.reset.space == ACPI_SPACE_MEMORY;
        power->reset_address = fadt.reset.address;
        power->reset_value = fadt.reset_value;
    }
    *out_dsdt = fadt.x_dsdt != 0 ? fadt.x_dsdt : fadt.dsdt;
}

struct aml {
    const uint8_t *at;
    const uint8_t *end;
};

/* The next byte, or -1 at the end. */
static int next(struct aml *aml)
{
    return aml->at < aml->end ? *aml->at++ : -1;
}

/* An integer (20.2.3) that is a sleep type; -1 for everything else. */
static int next_sleep_type(struct aml *aml)
{
    int value = next(aml);
    if (value == AML_BYTE || value == AML_WORD || value == AML_DWORD) {
        int more = value == AML_BYTE ? 0 : value == AML_WORD ? 1 : 3;
        value = next(aml);
        while (more-- > 0) {
            if (next(aml) != 0) {
                return -1;
            }
        }
        return value <= SLEEP_TYPE_MAX ? value : -1;
    }
    return value == AML_ZERO || value == AML_ONE ? value : -1;
}

/* What follows the name: PackageOp, PkgLength (20.2.4), the number of elements, the elements. */
static bool read_package(struct aml aml, struct acpi_power *out)
{
    if (next(&aml) != AML_PACKAGE) {
        return false;
    }
    int lead = next(&aml);
    for (int more = lead >> 6; more > 0; more--) {
        next(&aml);
    }
    if (lead < 0 || next(&aml) < 2) {
        return false;
    }
    int a = next_sleep_type(&aml);
    int b = next_sleep_type(&aml);
    if (a < 0 || b < 0) {
        return false;
    }
    out->s5_known = true;
    out->s5_a = (uint8_t)a;
    out->s5_b = (uint8_t)b;
    return true;
}

void acpi_read_s5(const struct acpi_table *dsdt, struct acpi_power *out)
{
    static const char name[4] = {'_', 'S', '5', '_'};
    const uint8_t *start = (const uint8_t *)(dsdt + 1);
    const uint8_t *end = (const uint8_t *)dsdt + dsdt->len;
    for (const uint8_t *at = start; end - at > (ptrdiff_t)sizeof(name); at++) {
        if (*at != '_' || memcmp(at, name, sizeof(name)) != 0) {
            continue;
        }
        size_t before = (size_t)(at - start);
        bool named = (before >= 1 && at[-1] == AML_NAME) ||
                     (before >= 2 && at[-1] == '\\' && at[-2] == AML_NAME);
        if (named && read_package((struct aml){at + sizeof(name), end}, out)) {
            return;
        }
    }
}

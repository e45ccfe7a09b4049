/* SPDX-License-Identifier: MIT */
/* What a driver claims by libdriver, and its words: arguments, and lines in the log. */
#include "lib/string.h"
#include "userland/test/main/devices.h"
#include <j6/driver.h>

static struct driver driver_opened(void)
{
    struct driver driver = {.name = "driver"};
    expect_ok(driver_open(&driver));
    return driver;
}

/* ---- claims --------------------------------------------------------------------------------- */

TEST(a_driver_maps_the_device_memory_that_it_claims)
{
    struct driver driver = driver_opened();
    struct driver_memory memory = {.size = 0};
    expect_ok(driver_claim_memory(&driver, PHYS_VGA, 2 * PAGE, j6_vma_flag_uncached, &memory));
    expect_equal(2 * PAGE, memory.size);
    expect(can_read(memory.address) && can_read((char *)memory.address + 2 * PAGE - 1));
    area_unmap(memory.area, memory.address);
    expect_ok(j6_handle_close(memory.area));
    expect_ok(j6_handle_close(driver.endpoint));
}

TEST(a_driver_claims_nothing_that_its_system_object_does_not_have)
{
    struct driver_memory memory = {.size = 0};
    struct driver_interrupt interrupt = {.line = 3};
    struct driver driver = driver_opened();
    driver.system = restricted(system_handle(), j6_range_irq, 4, 1);
    expect_status(j6_err_denied, driver_claim_ports(&driver, 0x2f8, 8));
    expect_status(j6_err_denied, driver_claim_interrupt(&driver, &interrupt));
    expect_status(j6_err_denied,
                  driver_claim_memory(&driver, PHYS_VGA, PAGE, j6_vma_flag_uncached, &memory));
    expect(driver.interrupts == NULL && memory.size == 0);
    expect_ok(j6_handle_close(driver.system));
    expect_ok(j6_handle_close(driver.endpoint));
}

/* ---- words ---------------------------------------------------------------------------------- */

TEST(arguments_of_drivers_are_numbers)
{
    char *argv[] = {"com2",
                    "port=0x2f8",
                    "irq=3",
                    "irq=4",
                    "odd=0x",
                    "none=",
                    "long=18446744073709551616",
                    "most=18446744073709551615",
                    "more=0x10000000000000000",
                    "letters=12a",
                    "q=5",
                    NULL};
    static const char *const wrong[] = {"com2", "por",     "odd", "none", "long",
                                        "more", "letters", "",    "rq"};
    uint64_t number = 0;
    expect(driver_argument(argv, "port", &number) && number == 0x2f8);
    expect(driver_argument(argv, "irq", &number) && number == 3);
    expect(driver_argument(argv, "most", &number) && number == ~0ull);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        number = 9;
        expect(!driver_argument(argv, wrong[i], &number) && number == 9);
    }
}

TEST(a_driver_logs_under_its_name)
{
    struct driver driver = driver_opened();
    struct {
        struct j6_log_entry entry;
        char text[j6_log_text_max];
    } found = {.entry = {.len = 0}};
    uint64_t seen = 0;
    uint64_t len;
    bool has_come = false;
    expect_ok(driver_log(&driver, j6_log_debug, "%d of them", 3));
    do {
        len = sizeof(found);
        has_come |= found.entry.severity == j6_log_debug && found.entry.len == 17 &&
                    memcmp(found.text, "driver: 3 of them", 17) == 0;
    } while (j6_system_get_log(driver.system, &seen, &found, &len, j6_deadline_poll) ==
             j6_status_ok);
    expect(has_come);
    expect_ok(j6_handle_close(driver.endpoint));
}

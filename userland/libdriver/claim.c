/* SPDX-License-Identifier: MIT */
/* What a driver takes for itself at the start, all of it through its system object. */
#include <j6/driver.h>

j6_status_t driver_open(struct driver *driver)
{
    driver->system = j6_find("system");
    if (driver->system == j6_handle_none) {
        return j6_err_not_found;
    }
    if (driver->endpoint != j6_handle_none) {
        return j6_status_ok;
    }
    return j6_endpoint_create(0, 0, 0, &driver->endpoint);
}

j6_status_t driver_claim_ports(struct driver *driver, uint64_t first, uint64_t count)
{
    return j6_system_grant_ports(driver->system, j6_handle_self_process, first, count);
}

j6_status_t driver_claim_memory(struct driver *driver, uint64_t phys, uint64_t size, uint64_t flag,
                                struct driver_memory *out_memory)
{
    j6_handle_t area;
    j6_status_t status = j6_system_map_phys(driver->system, &area, phys, size, flag);
    if (status != j6_status_ok) {
        return status;
    }
    uint64_t address = 0;
    status = j6_vma_map(area, j6_handle_self_process, &address, 0, 0, j6_map_read | j6_map_write);
    if (status != j6_status_ok) {
        j6_handle_close(area);
        return status;
    }
    *out_memory = (struct driver_memory){.area = area, .address = (void *)address, .size = size};
    return j6_status_ok;
}

j6_status_t driver_claim_interrupt(struct driver *driver, struct driver_interrupt *interrupt)
{
    j6_status_t status =
        j6_system_bind_irq(driver->system, driver->endpoint, interrupt->line, 0, NULL);
    if (status != j6_status_ok) {
        return status;
    }
    interrupt->next = driver->interrupts;
    driver->interrupts = interrupt;
    return j6_status_ok;
}

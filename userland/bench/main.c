/* SPDX-License-Identifier: MIT */
/* Runs on the benchmark image in init's place: prints all figures, then ends the machine. */
#include "userland/bench/bench.h"

static noreturn void end(int64_t code)
{
    j6_system_power(j6_find("system"), j6_power_verdict, code);
    j6_exit(1);
}

void bench_report(const char *name, uint64_t value, const char *unit)
{
    j6_printf("BENCH %s %llu %s", name, (unsigned long long)value, unit);
}

void bench_require(j6_status_t status, const char *what)
{
    if (status != j6_status_ok) {
        j6_printf("bench: %s: %s", what, j6_status_text(status));
        end(1);
    }
}

int main(void)
{
    if (j6_boot_word("scaling")) {
        bench_scaling();
        end(0);
    }
    if (j6_boot_word("screen")) {
        bench_screen();
        end(0);
    }
    if (j6_boot_word("calls_for_ever")) {
        bench_calls_for_ever();
    }
    bench_boot(); /* first: nothing may have been used yet */
    bench_calls();
    if (j6_boot_word("growth")) {
        bench_growth();
        end(0);
    }
    bench_faults();
    bench_memory();
    bench_copies();
    bench_threads();
    bench_channels();
    bench_processes();
    bench_linux();
    bench_ipc();
    bench_files();
    bench_interrupts();
    end(0);
}

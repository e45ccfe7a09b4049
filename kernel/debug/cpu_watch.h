/* SPDX-License-Identifier: MIT */
/*
 * The debug kernel's watch over stuck CPUs: one that takes no interrupt for seconds is in a loop of
 * the kernel, with interrupts off. That is a panic, which shows where all CPUs are.
 *
 * Two CPUs watch, each of them all others, so they are watched too. Once a second they send an
 * interrupt to each CPU that doesn't idle. A machine with one CPU has nobody who could see it.
 */
#pragma once

/* On each CPU once, as soon as its timers work. */
void cpu_watch_start(void);

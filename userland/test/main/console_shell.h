/* SPDX-License-Identifier: MIT */
/* A shell of few words at COM1, for who tests terminals from the other end of the line (tests/run/terminal.py). */
#pragma once

/* Serves until the input ends; returns how many expectations weren't met. */
int console_shell_run(void);

; SPDX-License-Identifier: MIT
; The first instructions of every program. A process starts as the System V ABI for x86-64 says:
; rsp points at argc and is a multiple of 16, and there is no return address. Nothing here may
; need relocation: j6_start_main (start.c) does that first.

bits 64
default rel
global _start:function hidden
extern j6_start_main

section .text

; noreturn void _start(void)
_start:
    rdtsc                   ; first, so that it counts all that came before
    shl     rdx, 32
    or      rax, rdx
    mov     rdi, rsp        ; argc, argv, envp, auxv
    mov     rsi, rax
    xor     ebp, ebp        ; the end of every backtrace
    call    j6_start_main
    ud2

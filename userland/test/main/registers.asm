; SPDX-License-Identifier: MIT
; The first code of a new thread, in this process or copied into another: looks whether it was
; started as promised, and ends with the answer. It may stand anywhere.

bits 64
default rel
%define CALL_THREAD_EXIT 0x6a360032

global registers_check:data hidden
global registers_check_end:data hidden

section .text

; void registers_check(uint64_t arg)  arg and all other registers are 0 but rsp; exit code: 0, or
; what was wrong: 1 a register, 2 the flags.
registers_check:
    or      rax, rbx
    or      rax, rcx
    or      rax, rdx
    or      rax, rsi
    or      rax, rdi
    or      rax, rbp
    or      rax, r8
    or      rax, r9
    or      rax, r10
    or      rax, r11
    or      rax, r12
    or      rax, r13
    or      rax, r14
    or      rax, r15
    mov     edi, 1
    jnz     .exit
    pushfq
    pop     rax
    and     eax, 0x3f7702       ; all but the arithmetic flags, which `or` has changed
    mov     edi, 2
    cmp     eax, 0x202          ; interrupts on, and the bit that is always 1
    jne     .exit
    xor     edi, edi
.exit:
    mov     eax, CALL_THREAD_EXIT
    syscall
    ud2
registers_check_end:

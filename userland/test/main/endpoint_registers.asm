; SPDX-License-Identifier: MIT
; An endpoint call with every register chosen, and what is in them after it.

bits 64
default rel

global endpoint_raw:function hidden

section .text

; void endpoint_raw(uint64_t registers[15])
; rax rdi rsi rdx r10 r8 r9 r12 r13 r14 r15 rbx rbp rcx r11: loaded, but for the last two; all stored.
endpoint_raw:
    push    rbx
    push    rbp
    push    r12
    push    r13
    push    r14
    push    r15
    push    rdi
    mov     rax, [rdi]
    mov     rsi, [rdi + 16]
    mov     rdx, [rdi + 24]
    mov     r10, [rdi + 32]
    mov     r8, [rdi + 40]
    mov     r9, [rdi + 48]
    mov     r12, [rdi + 56]
    mov     r13, [rdi + 64]
    mov     r14, [rdi + 72]
    mov     r15, [rdi + 80]
    mov     rbx, [rdi + 88]
    mov     rbp, [rdi + 96]
    mov     rdi, [rdi + 8]
    syscall
    xchg    rdi, [rsp]
    mov     [rdi], rax
    mov     [rdi + 16], rsi
    mov     [rdi + 24], rdx
    mov     [rdi + 32], r10
    mov     [rdi + 40], r8
    mov     [rdi + 48], r9
    mov     [rdi + 56], r12
    mov     [rdi + 64], r13
    mov     [rdi + 72], r14
    mov     [rdi + 80], r15
    mov     [rdi + 88], rbx
    mov     [rdi + 96], rbp
    mov     [rdi + 104], rcx
    mov     [rdi + 112], r11
    pop     rax
    mov     [rdi + 8], rax
    pop     r15
    pop     r14
    pop     r13
    pop     r12
    pop     rbp
    pop     rbx
    ret

; SPDX-License-Identifier: MIT
; What C can't see of the registers: at the start of a thread, and over a system call.

bits 64
default rel
%define CALL_THREAD_EXIT 0x6a360032

global registers_kept:function hidden
global registers_check:data hidden
global registers_check_end:data hidden

; Collects in rdi how the registers differ from r15.
%macro differences 1-*
%rep %0
    xor     %1, r15
    or      rdi, %1
%rotate 1
%endrep
%endmacro

section .text

; bool registers_kept(uint64_t number, uint64_t argument)
; Makes the call with known values in all registers; whether it left those that it should.
registers_kept:
    push    rbx
    push    rbp
    push    r12
    push    r13
    push    r14
    push    r15
    mov     rax, rdi
    mov     rdi, rsi
    mov     rbx, 0xb0b1b2b3b4b5b6b7
    mov     rdx, rbx
    mov     rsi, rbx
    mov     rbp, rbx
    mov     r8, rbx
    mov     r9, rbx
    mov     r10, rbx
    mov     r12, rbx
    mov     r13, rbx
    mov     r14, rbx
    mov     r15, rdi
    syscall
    sub     rdi, r15
    mov     r15, 0xb0b1b2b3b4b5b6b7
    differences rbx, rdx, rsi, rbp, r8, r9, r10, r12, r13, r14
    cmp     rdi, 1              ; carry if nothing has changed
    setc    al
    pop     r15
    pop     r14
    pop     r13
    pop     r12
    pop     rbp
    pop     rbx
    ret

; void registers_check(uint64_t arg)
; The first code of a new thread, in this process or copied into another: it may stand anywhere. arg
; and all other registers but rsp are 0; exit code 0, or what was wrong: 1 a register, 2 the flags.
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

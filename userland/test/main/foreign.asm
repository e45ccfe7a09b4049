; SPDX-License-Identifier: MIT
;
; Both sides of a foreign call: one that makes it with all registers known, and two entries that serve
; it. Registers lie in memory as in struct j6_thread_registers.

bits 64
default rel

%use altreg ; r0 … r7: rax rcx rdx rbx rsp rbp rsi rdi
%define RAX 0 * 8
%define RCX 1 * 8
%define RSP 4 * 8
%define RDI 7 * 8
%define R11 11 * 8
%define RIP 16 * 8
%define RFLAGS 17 * 8
%define KNOWN_FLAGS 2

global foreign_make:function hidden
global foreign_return:function hidden
global foreign_record:function hidden
global foreign_linux:function hidden
global foreign_seen:data hidden
global foreign_after:data hidden
global foreign_answer:data hidden
extern foreign_serve

; Stores all general registers at %1, and the flags by means of a small stack.
%macro STORE 1
%assign n 0
%rep 16
    mov     [%1 + n * 8], r %+ n
    %assign n n + 1
%endrep
    lea     rsp, [small_stack_top]
    pushfq
    pop     qword [%1 + RFLAGS]
%endmacro

section .bss
alignb 16
foreign_seen:   resq 19     ; what the entry found
foreign_after:  resq 19     ; what was there behind the call
foreign_answer: resq 1      ; what the entry puts into rax
makers_stack:   resq 1
                resq 2
small_stack_top:

section .text

; void foreign_make(const struct j6_thread_registers *with)
; Makes the system call with these registers and flags: rax is the number, rcx and r11 get lost.
foreign_make:
    push    rbx
    push    rbp
    push    r12
    push    r13
    push    r14
    push    r15
    mov     [makers_stack], rsp
    push    qword [rdi + RFLAGS]
    popfq
%assign n 0
%rep 16
    %if n != 7
    mov     r %+ n, [rdi + n * 8]
    %endif
    %assign n n + 1
%endrep
    mov     rdi, [rdi + RDI]
    syscall
foreign_return:
    STORE   foreign_after
    mov     rsp, [makers_stack]
    push    KNOWN_FLAGS
    popfq
    pop     r15
    pop     r14
    pop     r13
    pop     r12
    pop     rbp
    pop     rbx
    ret

; An entry: notes what it finds, answers, and returns as SYSRET would.
foreign_record:
    STORE   foreign_seen
    push    qword [foreign_seen + R11]
    popfq
    mov     rsp, [foreign_seen + RSP]
    mov     rax, [foreign_answer]
    jmp     [foreign_seen + RCX]

; An entry that serves calls in C, on the caller's stack, below its red zone. It keeps what a kernel
; keeps: all registers but rax, rcx and r11, those of the FPU too.
; int64_t foreign_serve(uint64_t number, const uint64_t arguments[6])
foreign_linux:
    lea     rsp, [rsp - 128]
    push    r11
    push    rcx
    push    rbp
    mov     rbp, rsp
    push    r9
    push    r8
    push    r10
    push    rdx
    push    rsi
    push    rdi
    mov     rsi, rsp
    mov     rdi, rax
    sub     rsp, 512
    and     rsp, -16
    fxsave64 [rsp]
    call    foreign_serve
    fxrstor64 [rsp]
    lea     rsp, [rbp - 6 * 8]
    pop     rdi
    pop     rsi
    pop     rdx
    pop     r10
    pop     r8
    pop     r9
    pop     rbp
    pop     rcx
    popfq
    lea     rsp, [rsp + 128]
    jmp     rcx

; SPDX-License-Identifier: MIT
;
; Leaving a kernel stack in the middle of a C function, and coming back to it: for threads that are
; preempted at a step point. Interrupts are off on both sides, and user registers are in the tcb, so
; what C keeps across a call is all that there is to save.

global arch_stack_leave, arch_stack_resume

section .text

; void arch_stack_leave(vaddr_t *out_sp, vaddr_t stack_top, void (*fn)(void))
;   rdi = out_sp, rsi = stack_top, rdx = fn
align 16
arch_stack_leave:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    mov [rdi], rsp
    mov rsp, rsi
    xor ebp, ebp
    call rdx
    ud2

; noreturn void arch_stack_resume(vaddr_t sp)
;   rdi = sp
align 16
arch_stack_resume:
    mov rsp, rdi
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret

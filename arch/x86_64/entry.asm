; SPDX-License-Identifier: MIT
;
; Every way into the kernel, and the way out. User registers go into the thread's tcb; the kernel
; stack belongs to the CPU and is empty at each entry from user mode.

%include "offsets.inc"
%include "arch/x86_64/tcb.inc"

extern syscall_dispatch, kernel_leave, ipc_fast_call, ipc_fast_reply_receive
extern trap_iretq_failed, trap_from_user, trap_from_kernel, trap_anywhere
global tcb_iretq, tcb_iretq_failed
global syscall_entry, syscall_entry_slow, tcb_enter, trap_stubs, arch_call_on_stack

MSR_GS_BASE equ 0xc0000101

; Stores rdi rsi rdx r10 r8 r9 rbx rbp r12 r13 r14 r15 into the tcb at %1.
%macro TCB_SAVE 1
    mov [%1 + TCB_RDI], rdi
    TCB_SAVE_ARGS %1
    mov [%1 + TCB_RBX], rbx
    mov [%1 + TCB_RBP], rbp
    mov [%1 + TCB_R12], r12
    mov [%1 + TCB_R13], r13
    mov [%1 + TCB_R14], r14
    mov [%1 + TCB_R15], r15
%endmacro

section .text.entry progbits alloc exec nowrite align=64

; SYSCALL: rax = number, rdi rsi rdx r10 r8 r9 = arguments, rcx = rip, r11 = rflags; interrupts off.
; j6_status_t syscall_dispatch(struct tcb *, uint64_t number)
align 64
syscall_entry:
    swapgs
    mov [gs:CPU_USER_RSP], rsp
    mov rsp, [gs:CPU_TCB]
    mov [rsp + TCB_RIP], rcx
    mov [rsp + TCB_RFLAGS], r11
    cmp rax, CALL_ENDPOINT_CALL
    je ipc_fast_call
    cmp rax, CALL_ENDPOINT_REPLY_RECEIVE
    je ipc_fast_reply_receive
syscall_entry_slow:                         ; rsp = tcb; the others are the user's, but rcx and r11
    TCB_SAVE rsp
    mov rdi, rsp
    mov rsp, [gs:CPU_KERNEL_STACK]
    mov rcx, [gs:CPU_USER_RSP]
    mov [rdi + TCB_RSP], rcx
    mov rsi, rax
    call syscall_dispatch

    ; Callee-saved registers are still the user's.
    mov rdi, [gs:CPU_TCB]
    cmp dword [gs:CPU_PENDING], 0
    jne .pending
    TCB_LOAD_ARGS rdi
    mov rcx, [rdi + TCB_RIP]
    mov r11, [rdi + TCB_RFLAGS]
    mov rsp, [rdi + TCB_RSP]
    mov rdi, [rdi + TCB_RDI]
    swapgs
    o64 sysret
.pending:
    mov [rdi + TCB_RAX], rax
    xor ebp, ebp
    call kernel_leave
    ud2

; noreturn void tcb_enter(struct tcb *): goes to user mode as the tcb says.
; SYSRET is safe without by_iret: rip is then where SYSCALL found it, inside the user half, whose
; last 64 KiB are never mapped, so rip can't be the first non-canonical address.
align 64
tcb_enter:
    mov rbx, [rdi + TCB_RBX]
    mov rbp, [rdi + TCB_RBP]
    mov r12, [rdi + TCB_R12]
    mov r13, [rdi + TCB_R13]
    mov r14, [rdi + TCB_R14]
    mov r15, [rdi + TCB_R15]
    mov rax, [rdi + TCB_RAX]
    TCB_LOAD_ARGS rdi
    cmp dword [rdi + TCB_BY_IRET], 0
    jne .iret
    mov rcx, [rdi + TCB_RIP]
    mov r11, [rdi + TCB_RFLAGS]
    mov rsp, [rdi + TCB_RSP]
    mov rdi, [rdi + TCB_RDI]
    swapgs
    o64 sysret
.iret:
    mov dword [rdi + TCB_BY_IRET], 0
    mov rsp, [gs:CPU_KERNEL_STACK]
    push SELECTOR_USER_DATA
    push qword [rdi + TCB_RSP]
    push qword [rdi + TCB_RFLAGS]
    push SELECTOR_USER_CODE
    push qword [rdi + TCB_RIP]
    mov rcx, [rdi + TCB_RCX]
    mov r11, [rdi + TCB_R11]
    mov rdi, [rdi + TCB_RDI]
    swapgs
tcb_iretq:
    iretq

; A trap on the IRETQ itself comes back here, still with the user's GS.
tcb_iretq_failed:
    swapgs
    mov rdi, [gs:CPU_TCB]
    mov rsp, [gs:CPU_KERNEL_STACK]
    xor ebp, ebp
    call trap_iretq_failed
    ud2

; noreturn void arch_call_on_stack(vaddr_t stack_top, void (*fn)(void))
arch_call_on_stack:
    mov rsp, rdi
    xor ebp, ebp
    call rsi
    ud2

; Vector stubs: make every frame {vector, error, rip, cs, rflags, rsp, ss}.
%define PUSHES_ERROR(v) ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21)
%define ANYWHERE(v) ((v) == 1 || (v) == 2 || (v) == 8 || (v) == 18)
align 64
trap_stubs:
%assign vector 0
%rep 256
    align TRAP_STUB_SIZE
    %if !PUSHES_ERROR(vector)
    push 0
    %endif
    push vector
    %if ANYWHERE(vector)
    jmp near trap_entry_anywhere
    %else
    jmp near trap_entry
    %endif
    %assign vector vector + 1
%endrep

; Known flags: DF, AC, NT and TF clear, interrupts off. Works on every CPU, unlike CLAC.
%macro KERNEL_FLAGS 0
    push 2
    popfq
%endmacro

%macro FRAME_PUSH 0
    push rax
    push rbx
    push rcx
    push rdx
    push rsi
    push rdi
    push rbp
    push r8
    push r9
    push r10
    push r11
    push r12
    push r13
    push r14
    push r15
%endmacro

%macro FRAME_POP 0
    pop r15
    pop r14
    pop r13
    pop r12
    pop r11
    pop r10
    pop r9
    pop r8
    pop rbp
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rbx
    pop rax
    add rsp, 16
%endmacro

align 64
trap_entry:
    test byte [rsp + 24], 3
    jz trap_entry_kernel
trap_entry_user:
    swapgs
    push rax
    mov rax, [gs:CPU_TCB]
    TCB_SAVE rax
    mov [rax + TCB_RCX], rcx
    mov [rax + TCB_R11], r11
    pop qword [rax + TCB_RAX]
    pop rsi
    pop rdx
    pop qword [rax + TCB_RIP]
    add rsp, 8
    pop qword [rax + TCB_RFLAGS]
    pop qword [rax + TCB_RSP]
    mov dword [rax + TCB_BY_IRET], 1
    mov rdi, rax
    mov rsp, [gs:CPU_KERNEL_STACK]
    KERNEL_FLAGS
    xor ebp, ebp
    call trap_from_user
    ud2

; The kernel was interrupted: device interrupts run on the CPU's interrupt stack, faults on the
; stack where they happened.
trap_entry_kernel:
    FRAME_PUSH
    KERNEL_FLAGS
    mov rdi, rsp
    mov rbx, rsp
    cmp qword [rdi + FRAME_VECTOR], VECTOR_IRQ_FIRST
    jb .call
    mov rsp, [gs:CPU_IRQ_STACK]
.call:
    call trap_from_kernel
    mov rsp, rbx
    FRAME_POP
    iretq

; NMI, #DB, #DF, #MC, on stacks of their own. GS may be anybody's: a kernel CS is also seen between
; SYSCALL and SWAPGS, and user code may set any GS base. The top of the stack knows the CPU's block.
; A #DB of user code is an ordinary trap.
align 64
trap_entry_anywhere:
    cmp qword [rsp], 1
    jne .own_stack
    test byte [rsp + 24], 3
    jnz trap_entry_user
.own_stack:
    FRAME_PUSH
    KERNEL_FLAGS
    mov ecx, MSR_GS_BASE
    rdmsr
    mov r12d, eax
    mov r13d, edx
    mov rax, rsp
    or rax, 4095
    mov rax, [rax - 15]
    mov rdx, rax
    shr rdx, 32
    wrmsr
    mov rdi, rsp
    mov rbx, rsp
    call trap_anywhere
    mov rsp, rbx
    mov ecx, MSR_GS_BASE
    mov eax, r12d
    mov edx, r13d
    wrmsr
    FRAME_POP
    iretq

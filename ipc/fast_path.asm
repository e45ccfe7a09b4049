; SPDX-License-Identifier: MIT
;
; The fast path of calls: a short call to a server that waits on this CPU, and its reply, switch straight to
; the other thread. The words stay in their registers, the run queue isn't touched, and the endpoint's
; lock is the only one taken. Everything that it doesn't serve goes on at syscall_entry_slow, with all
; registers as the user had them; ipc/exchange.h says what a call is, ipc/fast_path.h what is fast.
;
; rsp is the tcb of the thread that makes the call, as in entry.asm: interrupts are off, and what comes
; in spite of that has stacks of its own. rbp is the tcb of the other thread.
;
; Nothing is changed before all has been looked at, but for what nobody minds: registers saved, and
; the wait that is published first (step W2' of kernel/wait.h, which must come before the look at
; `killed`; the lock's exchange is the fence). Until the lock is taken, and if the call isn't fast, that
; wait is of a type which nobody can undo.

%include "offsets.inc"
%include "fast_offsets.inc"

extern sched, cpu, syscall_entry_slow, page_table_here, io_ports_here, io_ports_refresh
extern endpoint_wait_copy, endpoint_wait_reply, endpoint_wait_receive
global ipc_fast_call, ipc_fast_reply_receive

section .text.entry progbits alloc exec nowrite align=64

; rsp, and what the slow path needs back. Clobbers nothing of the user's but rsp, rcx and r11.
%macro ENTER 0
    mov [gs:CPU_USER_RSP], rsp
    mov rsp, [gs:CPU_TCB]
    mov [rsp + TCB_RIP], rcx
    mov [rsp + TCB_RFLAGS], r11
%endmacro

; No memory part, no deadline, no tag of the system, no FPU state: else goes to %1.
%macro CHECK_SHORT 1
    lea rcx, [r12 + 1]
    or rcx, r13
    jnz %1
    test rsi, rsi
    js %1
    cmp dword [rsp + TCB_USES_FPU], 0
    jne %1
%endmacro

; r11 = what the handle in rdi names, if it is the one remembered at %1; else goes to %2. A slot takes
; an old value again only after 2^20 uses: one look at the value, behind that at the target, is enough.
%macro FIND_TARGET 2
    cmp rdi, [rsp + %1 + FAST_HANDLE_VALUE]
    jne %2
    mov rcx, [rsp + %1 + FAST_HANDLE_ENTRY]
    mov r11, [rcx + ENTRY_TARGET]
    cmp [rcx + ENTRY_VALUE], rdi
    jne %2
%endmacro

; Publishes the wait and takes the lock of the endpoint r11; goes to %1 if somebody has it.
%macro LOCK_ENDPOINT 1
    lea rcx, [r11 + ENDPOINT_LOCK]
    mov qword [rsp + THREAD_WAIT_TYPE], endpoint_wait_copy
    mov [rsp + THREAD_WAIT_LOCK], rcx
    mov eax, 1
    xchg [rcx], eax
    test eax, eax
    jnz %1
%endmacro

; The thread rsp has run until now, and rbp from now on: TSC ticks of this CPU. rax, rcx lost.
%macro CHARGE 0
    mov rcx, rdx
    rdtsc
    shl rdx, 32
    or rax, rdx
    mov rdx, rcx
    mov rcx, rax
    sub rcx, [rsp + THREAD_RUN_BASE]
    mov [rsp + THREAD_RUN_TIME], rcx
    sub rax, [rbp + THREAD_RUN_TIME]
    mov [rbp + THREAD_RUN_BASE], rax
%endmacro

; rbp runs now. Its wait ends after that: who finds it without a wait finds it running (kernel/wait.h, K2).
; Then the endpoint r11 is unlocked. rcx lost.
%macro SWITCH 0
    mov dword [rsp + THREAD_STATE], THREAD_IS_BLOCKED
    mov dword [rbp + THREAD_STATE], THREAD_IS_RUNNING
    lea rcx, [rbp - THREAD_TCB]
    mov [gs:sched + SCHED_CURRENT], rcx
    mov [gs:CPU_TCB], rbp
    mov qword [rbp + THREAD_WAIT_LOCK], 0
    mov dword [r11 + ENDPOINT_LOCK], 0
%endmacro

; Address space, ports and FS base of rbp. rax, rcx lost.
%macro LOAD_SPACE 0
    mov rcx, [rbp + TCB_PAGE_TABLE]
    cmp rcx, [gs:page_table_here]
    je %%same
    mov eax, [gs:CPU_INDEX]
    bt [rcx + PAGE_TABLE_CPUS], rax
    jnc %%join
%%joined:
    mov rax, [rcx + PAGE_TABLE_ROOT]
    mov cr3, rax
    mov [gs:page_table_here], rcx
    mov rax, [rcx + PAGE_TABLE_IO_VERSION]
    cmp rax, [gs:io_ports_here]
    jne %%ports
%%same:
    rdfsbase rax
    mov [rsp + TCB_FS_BASE], rax
    mov rax, [rbp + TCB_FS_BASE]
    wrfsbase rax
%endmacro

; What LOAD_SPACE does out of line: %1 its label, %2 where it goes on. Both keep all but rax and rcx.
%macro LEAVE 0
    mov rax, [gs:CPU_USER_RSP]
    mov [rsp + TCB_RSP], rax
    xor eax, eax
    xor r12d, r12d
    xor r13d, r13d
    xor r15d, r15d
    mov rbx, [rbp + TCB_RBX]
    mov rcx, [rbp + TCB_RIP]
    mov r11, [rbp + TCB_RFLAGS]
    mov rsp, [rbp + TCB_RSP]
    mov rbp, [rbp + TCB_RBP]
    swapgs
    wrgsbase rax
    o64 sysret
%endmacro

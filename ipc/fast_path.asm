; SPDX-License-Identifier: MIT
;
; The fast path of calls: a call to a server that waits on this CPU, and its reply, switch straight to
; the other thread. The words stay in their registers, the run queue isn't touched, and the endpoint's
; lock is the only one taken; handles need those of their tables and accounts for a moment. All that it
; doesn't serve goes on at syscall_entry_slow, with the user's registers as they were. ipc/fast_path.h says
; what it serves, ipc/send.c, receive.c and reply.c do the same in C.
;
; rsp is the tcb of the thread that makes the call, as in entry.asm: interrupts are off, and what comes in
; spite of that has stacks of its own. rbp is the tcb of the other thread, r11 the endpoint.
;
; Everything is looked at before anything is changed, but for what nobody minds: registers saved, and
; the wait that is published first. That is step W2' of kernel/wait.h, which must come before the look at
; `killed`; the exchange of the lock is the fence between them. Until it is clear that the call is fast,
; that wait is of a type that nobody can undo.

%include "offsets.inc"
%include "arch/x86_64/tcb.inc"
%include "fast_offsets.inc"

extern sched, cpu_counts, page_table_here, page_table_lingering, io_ports_here, clock_tsc_offset
extern fpu_save, fpu_load, fast_message_pass
extern endpoint_wait_copy, endpoint_wait_reply, endpoint_wait_receive, syscall_entry_slow
global ipc_fast_call, ipc_fast_reply_receive

; Else goes to %1: there is no deadline, and the tag isn't the system's.
%macro CHECK_ARGUMENTS 1
    cmp r12, -1
    jne %1
    test rsi, rsi
    js %1
%endmacro

; r11 = the target of the handle in rdi, if it is the one that was remembered at %1; else goes to %2. A
; slot takes an old value again only after 2^20 uses: one look at the value, behind that at the target, is
; enough. rcx lost.
%macro FIND_TARGET 2
    cmp rdi, [rsp + %1 + FAST_HANDLE_VALUE]
    jne %2
    mov rcx, [rsp + %1 + FAST_HANDLE_ENTRY]
    mov r11, [rcx + ENTRY_TARGET]
    cmp [rcx + ENTRY_VALUE], rdi
    jne %2
%endmacro

; Takes the lock of an endpoint that is open, for a thread that isn't killed: goes to %1 if it is held,
; to %2 otherwise. rax, rcx lost.
%macro LOCK_ENDPOINT 2
    lea rcx, [r11 + ENDPOINT_LOCK]
    mov qword [rsp + THREAD_WAIT_TYPE], endpoint_wait_copy
    mov [rsp + THREAD_WAIT_LOCK], rcx
    mov eax, 1
    xchg [rcx], eax
    test eax, eax
    jnz %1
    cmp byte [rsp + THREAD_KILLED], 0
    jne %2
    test byte [r11 + ENDPOINT_SIGNALS], SIGNAL_CLOSED
    jnz %2
%endmacro

; The other thread can be switched to: it waits on this CPU, and may run there still, ready for that; no
; other calls boost who serves (%1: rsp or rbp); and its space is the same, or was loaded just before. Else
; goes to %2. rax, rcx lost.
%macro CHECK_OTHER 2
    mov eax, [gs:CPU_INDEX]
    inc eax
    cmp [rbp + THREAD_FAST_CPU], eax
    jne %2
    mov rcx, [gs:sched + SCHED_OWN]
    test [rbp + THREAD_AFFINITY], rcx
    jz %2
    cmp dword [%1 + THREAD_OTHERS_LEVEL], BOOST_NONE
    jne %2
    mov rcx, [rbp + TCB_PAGE_TABLE]
    cmp rcx, [gs:page_table_here]
    je %%same
    cmp rcx, [gs:page_table_lingering]
    jne %2
    mov rax, [rcx + PAGE_TABLE_IO_VERSION]
    cmp rax, [gs:io_ports_here]
    jne %2
%%same:
%endmacro

; r13 = what the other finds in r12 and r13: the bytes and handles of the message that r13 points at, which it
; has got; or goes to %1, with r13 as it was. Without a message there is no room for what comes
; back, either. rax, rcx lost.
%macro PASS_MESSAGE 1
    test r13, r13
    jnz %%message
    mov [rsp + THREAD_MESSAGE_CAP], r13
    mov [rsp + THREAD_MESSAGE_HANDLE_CAP], r13
    jmp %%passed
%%message:
    TCB_SAVE_ARGS rsp
    mov r12, rsp
    mov rsp, [gs:CPU_KERNEL_STACK]
    push r11
    push rdi
    lea rdi, [r12 - THREAD_TCB]
    lea rsi, [rbp - THREAD_TCB]
    mov rdx, r11
    mov rcx, r13
    call fast_message_pass
    pop rdi
    pop r11
    mov rsp, r12
    TCB_LOAD_ARGS rsp
    mov r12, -1
    cmp rax, r12
    je %1
    mov r13, rax
%%passed:
%endmacro

; From SWITCH: the FPU state of rsp is saved, and that of rbp loaded, as far as they have any. What is
; passed on in registers waits in the tcb of rbp. There is no stack yet, so this is no call.
%macro SWITCH_FPU 1
    mov [rbp + TCB_RDI], rdi
    TCB_SAVE_ARGS rbp
    mov r12, rsp
    mov rsp, [gs:CPU_KERNEL_STACK]
    cmp dword [r12 + TCB_USES_FPU], 0
    je %%saved
    mov rdi, r12
    call fpu_save
%%saved:
    mov rdi, rbp
    call fpu_load
    mov rdi, [rbp + TCB_RDI]
    TCB_LOAD_ARGS rbp
    jmp %1
%endmacro

; Switches from rsp to rbp, and unlocks the endpoint. The other's wait ends after it has become the current
; thread: who finds it without a wait finds it running (kernel/wait.h, K2). Then goes to user mode, with
; rdi, rsi, rdx, r10, r8, r9, r14 as they are, and r13 taken apart as PASS_MESSAGE has left it.
%macro SWITCH 0
    mov rax, [gs:CPU_USER_RSP]
    mov [rsp + TCB_RSP], rax
    mov r12, rdx
    rdtsc                                   ; kernel/sched_time.c
    shl rdx, 32
    or rax, rdx
    add rax, [gs:clock_tsc_offset]
    mov rdx, r12
    mov rcx, rax
    sub rcx, [rsp + THREAD_RUN_BASE]
    mov [rsp + THREAD_RUN_TICKS], rcx
    sub rax, [rbp + THREAD_RUN_TICKS]
    mov [rbp + THREAD_RUN_BASE], rax
    inc qword [gs:cpu_counts + COUNT_SWITCHES]
    mov dword [rsp + THREAD_STATE], THREAD_IS_BLOCKED
    mov dword [rbp + THREAD_STATE], THREAD_IS_RUNNING
    lea rcx, [rbp - THREAD_TCB]
    mov [gs:sched + SCHED_CURRENT], rcx
    mov [gs:CPU_TCB], rbp
    xor eax, eax
    mov [rbp + THREAD_WAIT_LOCK], rax
    mov [r11 + ENDPOINT_LOCK], eax
    mov rcx, [rbp + TCB_PAGE_TABLE]
    mov r12, [gs:page_table_here]
    cmp rcx, r12
    je %%same
    mov [gs:page_table_here], rcx
    mov [gs:page_table_lingering], r12
    mov rcx, [rcx + PAGE_TABLE_ROOT]
    mov cr3, rcx
%%same:
    rdfsbase rcx
    mov [rsp + TCB_FS_BASE], rcx
    mov rcx, [rbp + TCB_FS_BASE]
    wrfsbase rcx
    mov ecx, [rsp + TCB_USES_FPU]
    or ecx, [rbp + TCB_USES_FPU]
    jnz %%fpu
%%registers:
    xor eax, eax
    mov r12d, r13d
    shr r13, 32
    xor r15d, r15d
    mov rbx, [rbp + TCB_RBX]
    mov rcx, [rbp + TCB_RIP]
    mov r11, [rbp + TCB_RFLAGS]
    mov rsp, [rbp + TCB_RSP]
    mov rbp, [rbp + TCB_RBP]
    swapgs
    wrgsbase rax
    o64 sysret
%%fpu:
    SWITCH_FPU %%registers
%endmacro

; The call isn't fast. rbx and rbp are the user's.
%macro GO_SLOW 1
    mov eax, %1
    jmp syscall_entry_slow
%endmacro

; The same after LOCK_ENDPOINT: unlocks at %1, and goes on at %2 where another has the lock, then to %3. Who
; has killed the thread meanwhile may have counted on the end of the wait that was published.
%macro GIVE_UP 3
%1:
    mov dword [r11 + ENDPOINT_LOCK], 0
%2:
    mov qword [rsp + THREAD_WAIT_LOCK], 0
    mov qword [rsp + THREAD_WAIT_LATE], 0
    cmp byte [rsp + THREAD_KILLED], 0
    je %%alive
    lock or dword [gs:CPU_PENDING], CPU_PENDING_END
%%alive:
    mov rbx, [rsp + TCB_RBX]
    mov rbp, [rsp + TCB_RBP]
    jmp %3
%endmacro

section .text.entry progbits alloc exec nowrite align=64

; From syscall_entry: the user's registers but rsp, which is saved; rsp is the tcb, with rip and rflags.
; In: rdi endpoint, rsi tag, rdx r10 r8 r9 words, r12 deadline, r13 message.
align 64
ipc_fast_call:
    CHECK_ARGUMENTS .slow
    FIND_TARGET THREAD_SEND_HANDLE, .slow
    cmp dword [gs:CPU_PENDING], 0           ; once in each round trip is often enough
    jne .slow
    mov [rsp + TCB_RBX], rbx
    mov [rsp + TCB_RBP], rbp
    xor ebx, ebx                            ; the badge
    test r11b, 1
    jnz .badged
.endpoint:
    LOCK_ENDPOINT .busy, .unlock
    mov rbp, [r11 + ENDPOINT_RECEIVERS]
    lea rcx, [r11 + ENDPOINT_RECEIVERS]
    cmp rbp, rcx
    je .unlock
    add rbp, TCB_FROM_ITEM
    cmp qword [rbp + THREAD_SERVES], 0
    jne .unlock
    CHECK_OTHER rbp, .unlock
    PASS_MESSAGE .unlock

    mov rcx, [rbp - TCB_FROM_ITEM]          ; out of the receivers
    lea rax, [r11 + ENDPOINT_RECEIVERS]
    mov [rax], rcx
    mov [rcx + 8], rax
    mov qword [rbp - TCB_FROM_ITEM], 0
    mov rax, [rbp + THREAD_OWN_SERVICE]     ; the last of the callers of its service
    mov [rsp + THREAD_SERVICE], rax
    lea rcx, [rsp - TCB_FROM_ITEM]
    add rax, SERVICE_CALLERS
    mov r12, [rax + 8]
    mov [rcx], rax
    mov [rcx + 8], r12
    mov [r12], rcx
    mov [rax + 8], rcx
    mov qword [rsp + THREAD_WAIT_TYPE], endpoint_wait_reply

    mov ecx, [rsp + THREAD_LEVEL]           ; boost_give
    mov [rbp + THREAD_SERVES_LEVEL], ecx
    mov eax, [rbp + THREAD_OWN_LEVEL]
    cmp ecx, eax
    cmovb eax, ecx
    mov [rbp + THREAD_LEVEL], eax
    lea rcx, [rsp - THREAD_TCB]
    mov [rbp + THREAD_SERVES], rcx
    lea rcx, [rbp - THREAD_TCB]
    mov [rsp + THREAD_HOLDER], rcx

    mov r14, [rsp + THREAD_CALLS]           ; the token (ipc/token.h)
    inc r14
    mov [rsp + THREAD_CALLS], r14
    shl qword [rsp + THREAD_ANSWERED], 1
    shl r14, THREAD_SLOT_BITS
    or r14, [rsp + THREAD_SLOT]
    mov [rsp + THREAD_TOKEN], r14
    mov eax, [gs:CPU_INDEX]
    inc eax
    mov [rsp + THREAD_FAST_CPU], eax
    mov rdi, rbx
    SWITCH

.badged:
    mov rbx, [r11 - 1 + BADGE_VALUE]
    mov r11, [r11 - 1 + BADGE_OBJECT]
    jmp .endpoint
    GIVE_UP .unlock, .busy, .slow
.slow:
    GO_SLOW CALL_ENDPOINT_CALL

; In: rdi endpoint, rsi tag, rdx r10 r8 r9 words, r12 deadline, r13 message, r14 token.
align 64
ipc_fast_reply_receive:
    CHECK_ARGUMENTS .slow
    FIND_TARGET THREAD_RECEIVE_HANDLE, .slow
    test r11b, 1
    jnz .slow
    mov rcx, [rsp + THREAD_SERVES]
    test rcx, rcx
    jz .slow
    mov [rsp + TCB_RBX], rbx
    mov [rsp + TCB_RBP], rbp
    lea rbp, [rcx + THREAD_TCB]
    mov rbx, rcx
    LOCK_ENDPOINT .busy, .unlock
    cmp dword [r11 + ENDPOINT_QUEUE_MASK], 0
    jne .unlock
    lea rcx, [r11 + ENDPOINT_WAITERS]
    cmp [rcx], rcx
    jne .unlock
    cmp [rsp + THREAD_SERVES], rbx          ; it may have given up before the lock was taken
    jne .unlock
    cmp qword [rbp + THREAD_WAIT_TYPE], endpoint_wait_reply
    jne .unlock
    lea rcx, [r11 + ENDPOINT_LOCK]          ; its call came through this endpoint
    cmp [rbp + THREAD_WAIT_LOCK], rcx
    jne .unlock
    mov rcx, [rbp + THREAD_SERVICE]         ; where the thread has received last
    cmp [rsp + THREAD_OWN_SERVICE], rcx
    jne .unlock
    CHECK_OTHER rsp, .unlock
    cmp [rbp + THREAD_TOKEN], r14
    jne .unlock
    mov ecx, [rbp + THREAD_LEVEL]           ; others mustn't take this CPU for more urgent than it is,
    mov eax, [gs:sched + SCHED_ATTENTION]
    and eax, ATTENTION_LEVEL
    cmp eax, ecx
    jb .unlock
    cmp [rsp + THREAD_LEVEL], ecx           ; and nobody who is ready is more urgent
    jne .other_level
.urgent:
    PASS_MESSAGE .unlock
    mov [rsp + TCB_R12], r12                ; until when it receives, should it do that again in C
    mov rcx, [rbp - TCB_FROM_ITEM]          ; out of the callers
    mov rax, [rbp - TCB_FROM_ITEM + 8]
    mov [rax], rcx
    mov [rcx + 8], rax
    mov qword [rbp - TCB_FROM_ITEM], 0
    lea rcx, [rsp - TCB_FROM_ITEM]          ; the last of the receivers
    lea rax, [r11 + ENDPOINT_RECEIVERS]
    mov r12, [rax + 8]
    mov [rcx], rax
    mov [rcx + 8], r12
    mov [r12], rcx
    mov [rax + 8], rcx
    mov qword [rsp + THREAD_WAIT_TYPE], endpoint_wait_receive

    xor eax, eax                            ; boost_take_back
    mov dword [rsp + THREAD_SERVES_LEVEL], BOOST_NONE
    mov [rsp + THREAD_SERVES], rax
    mov [rbp + THREAD_HOLDER], rax
    mov ecx, [rsp + THREAD_OWN_LEVEL]
    mov [rsp + THREAD_LEVEL], ecx

    or byte [rbp + THREAD_ANSWERED], 1
    mov ecx, [gs:CPU_INDEX]
    inc ecx
    mov [rsp + THREAD_FAST_CPU], ecx
    xor edi, edi
    xor r14d, r14d
    SWITCH

.other_level:
    mov eax, 1
    shl eax, cl
    dec eax
    test [gs:sched + SCHED_READY_MASK], eax
    jz .urgent
    GIVE_UP .unlock, .busy, .slow
.slow:
    GO_SLOW CALL_ENDPOINT_REPLY_RECEIVE

; SPDX-License-Identifier: MIT
; Loads and saves all that the FPU holds (fpu_state.h), and lets calls be made in between. C could not:
; a compiler uses vector registers where it likes.

bits 64
default rel

%define CALL_THREAD_EXIT 0x6a360032

; struct fpu_job
%define JOB_MASK   0
%define JOB_ROUNDS 8
%define JOB_CALLS  16
%define JOB_NEXT   96
%define JOB_LOAD   128
%define JOB_FIRST  (JOB_LOAD + 4096)
%define JOB_LAST   (JOB_FIRST + 4096)
%define CALL_SIZE  40

global fpu_hold_thread:function hidden
global fpu_look_thread:function hidden
global fpu_not_thread:function hidden

; Saves to the place in the job in rbx; changes rax and rdx.
%macro save 1
    mov     eax, [rbx + JOB_MASK]
    mov     edx, [rbx + JOB_MASK + 4]
    test    eax, eax
    jz      %%fxsave
    xsave64 [rbx + %1]
    jmp     %%done
%%fxsave:
    fxsave64 [rbx + %1]
%%done:
%endmacro

; The first use of the FPU, of nothing in particular: QEMU's XSAVE and XRSTOR themselves raise no #NM.
%macro use_fpu 0
    fnstcw  [rsp - 8]
%endmacro

section .text

; Makes the calls of the job in rbx, JOB_ROUNDS times; changes r12.
calls:
    mov     r12, [rbx + JOB_ROUNDS]
    test    r12, r12
    jz      .done
.round:
%assign at JOB_CALLS
%rep 2
    mov     rax, [rbx + at]
    mov     rdi, [rbx + at + 8]
    mov     rsi, [rbx + at + 16]
    mov     rdx, [rbx + at + 24]
    mov     r10, [rbx + at + 32]
    syscall
%assign at at + CALL_SIZE
%endrep
    dec     r12
    jnz     .round
.done:
    ret

; void fpu_hold_thread(struct fpu_job *job)
fpu_hold_thread:
    mov     rbx, rdi
    use_fpu
.job:
    mov     eax, [rbx + JOB_MASK]
    mov     edx, [rbx + JOB_MASK + 4]
    test    eax, eax
    jz      .fxrstor
    xrstor64 [rbx + JOB_LOAD]
    jmp     .loaded
.fxrstor:
    fxrstor64 [rbx + JOB_LOAD]
.loaded:
    save    JOB_FIRST
    call    calls
    save    JOB_LAST
    mov     rbx, [rbx + JOB_NEXT]
    test    rbx, rbx
    jnz     .job
    jmp     exit

; void fpu_look_thread(struct fpu_job *job)
fpu_look_thread:
    mov     rbx, rdi
    use_fpu
    save    JOB_LAST
    jmp     exit

; void fpu_not_thread(struct fpu_job *job)
fpu_not_thread:
    mov     rbx, rdi
    call    calls
exit:
    xor     edi, edi
    mov     eax, CALL_THREAD_EXIT
    syscall
    ud2

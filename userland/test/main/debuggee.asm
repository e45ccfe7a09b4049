; SPDX-License-Identifier: MIT
;
; What the threads of a debuggee run (debuggee.h): pieces of code that are copied into an empty
; process, so they may stand anywhere. Each starts with its argument in rdi and a stack of its own.

bits 64
default rel

%use altreg ; r0 … r7: rax rcx rdx rbx rsp rbp rsi rdi

%define CALL_THREAD_EXIT  0x6a360032
%define CALL_THREAD_SLEEP 0x6a360035
%define CALL_PROCESS_EXIT 0x6a36002c

%macro piece 1
global %1:function hidden
%1:
%endmacro

section .text

piece debuggee_code

; The word at rdi is the exit code.
piece debuggee_read
    mov     rdi, [rdi]
    jmp     exit

; Writes there first.
piece debuggee_write
    mov     qword [rdi], 42
    mov     rdi, [rdi]
    jmp     exit

; What is in rbx behind the UD2, of 2 bytes, is the exit code.
piece debuggee_undefined
    ud2
    mov     rdi, rbx
    jmp     exit

; 100 divided by 0, unless somebody changes rcx.
piece debuggee_divide
    mov     eax, 100
    xor     edx, edx
    xor     ecx, ecx
    div     rcx
    mov     rdi, rax
    jmp     exit

; The word at FS:0 is the exit code; the first one stops before.
piece debuggee_stop_and_read_fs
    ud2
piece debuggee_read_fs
    mov     rdi, [fs:0]
    jmp     exit

; Has n times 0x0101010101010101 in the nth register of the CPU's numbering, but for rsp, and stops.
; Then pushes what it has, the flags last, and stops again.
piece debuggee_registers
%assign n 0
%rep 16
    %if n != 4
    mov     r %+ n, n * 0x0101010101010101
    %endif
    %assign n n + 1
%endrep
piece debuggee_registers_stop
    ud2
piece debuggee_registers_push
%assign n 0
%rep 16
    push    r %+ n
    %assign n n + 1
%endrep
    pushfq
    ud2

; Four instructions of one byte each, behind the UD2.
piece debuggee_steps
    ud2
    nop
    nop
    nop
    cld
    xor     edi, edi
    jmp     exit

; Stops rdi times, and each time expects the word at FS:0 in rbx. Exit code 0 or 1.
piece debuggee_rounds
    ud2
    cmp     rbx, [fs:0]
    jne     .wrong
    dec     rdi
    jnz     debuggee_rounds
    jmp     exit
.wrong:
    mov     edi, 1
    jmp     exit

piece debuggee_jump
    jmp     rdi

; Makes the system call with the number rdi.
piece debuggee_call
    mov     rax, rdi
    syscall
piece debuggee_call_return
    mov     rdi, rax
    jmp     exit

piece debuggee_spin
    pause
    jmp     debuggee_spin

piece debuggee_sleep
    mov     rdi, -1
    mov     eax, CALL_THREAD_SLEEP
    syscall
    jmp     debuggee_sleep

; Looks at the struct port_order at rdi (debuggee.h) all the time, without any call, and does what it says.
piece debuggee_ports
    pause
    mov     eax, [rdi]
    test    eax, eax
    jz      debuggee_ports
    mov     dword [rdi], 0
    movzx   edx, ax
    shr     eax, 16
    cmp     eax, 2
    jb      .in
    je      .in_word
    cmp     eax, 4
    je      .in_dword
    out     dx, al
    jmp     .done
.in:
    in      al, dx
    jmp     .done
.in_word:
    in      ax, dx
    jmp     .done
.in_dword:
    in      eax, dx
.done:
    mov     dword [rdi + 4], 1
    jmp     debuggee_ports

; Ends the process with the code rdi.
piece debuggee_process_exit
    mov     eax, CALL_PROCESS_EXIT
    syscall
    ud2

; Ends the thread with the code rdi.
piece debuggee_exit
exit:
    mov     eax, CALL_THREAD_EXIT
    syscall
    ud2

piece debuggee_code_end

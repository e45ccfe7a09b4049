; SPDX-License-Identifier: MIT
; What other threads run during a measurement. None of it needs a stack, nor a place of its own: so it
; can be copied into another process, and there can be very many threads of it.

bits 64
default rel
%define CALL_SLEEP 0x6a360035
%define CALL_WAIT  0x6a360037
%define CALL_WAKE  0x6a360038
%define CALL_CALL  0x6a36004b
%define ECHO       64           ; bytes from the word asked at to the word answered at

global peer_code:data hidden
global peer_code_end:data hidden
global peer_echo:function hidden
global peer_sleep:function hidden
global peer_yield:function hidden
global peer_call:function hidden

section .text

peer_code:

; Waits until the word at rdi is 1, then 2, and so on; answers each by the same in another word.
peer_echo:
    mov     rbx, rdi
    xor     r12d, r12d
.wait:
    mov     rdi, rbx
    mov     esi, r12d
    mov     rdx, -1
    mov     eax, CALL_WAIT
    syscall
    cmp     [rbx], r12d
    je      .wait
    inc     r12d
    mov     [rbx + ECHO], r12d
    lea     rdi, [rbx + ECHO]
    mov     esi, 1
    mov     eax, CALL_WAKE
    syscall
    jmp     .wait

; Waits for ever at the word at rdi, which is 0.
peer_sleep:
    mov     rbx, rdi
.wait:
    mov     rdi, rbx
    xor     esi, esi
    mov     rdx, -1
    mov     eax, CALL_WAIT
    syscall
    jmp     .wait

; Lets others run, for ever.
peer_yield:
    xor     edi, edi
    mov     eax, CALL_SLEEP
    syscall
    jmp     peer_yield

; Calls by the handle rdi, without data or a deadline, until the endpoint has closed.
peer_call:
    mov     rbx, rdi
.call:
    mov     rdi, rbx
    xor     esi, esi
    mov     r12, -1
    xor     r13d, r13d
    mov     eax, CALL_CALL
    syscall
    test    eax, eax
    jz      .call
    jmp     peer_yield
peer_code_end:

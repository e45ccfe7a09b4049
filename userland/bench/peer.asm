; SPDX-License-Identifier: MIT
; What other threads run during a measurement. None of it needs a stack, nor a place of its own: so it
; can be copied into another process, and there can be very many threads of it.

bits 64
default rel
%define CALL_SLEEP 0x6a360035
%define CALL_WAIT  0x6a360037
%define CALL_WAKE  0x6a360038
%define CALL_CALL  0x6a36004b
%define CALL_SEND  0x6a360041
%define CALL_RECV  0x6a360042
%define ECHO       64           ; bytes from the word asked at to the word answered at

global peer_code:data hidden
global peer_code_end:data hidden
global peer_echo:function hidden
global peer_sleep:function hidden
global peer_yield:function hidden
global peer_call:function hidden
global peer_drain:function hidden

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

; Receives so many bytes as the struct peer_stream at rdi says, answers with one, and again.
peer_drain:
    mov     rbx, rdi
.again:
    mov     r12, [rbx + 16]
    lea     rbp, [rbx + 32]
.more:
    mov     [rbx + 24], r12
    mov     rdi, [rbx]
    lea     rsi, [rbx + 24]
    mov     rdx, rbp
    mov     r10, -1
    mov     eax, CALL_RECV
    syscall
    add     rbp, [rbx + 24]
    sub     r12, [rbx + 24]
    jnz     .more
    mov     qword [rbx + 24], 1
    mov     rdi, [rbx + 8]
    lea     rsi, [rbx + 24]
    lea     rdx, [rbx + 32]
    mov     r10, -1
    mov     eax, CALL_SEND
    syscall
    jmp     .again
peer_code_end:

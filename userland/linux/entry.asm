; SPDX-License-Identifier: MIT
;
; Every way into the layer and out of it. The layer stands on stacks of its own, never on the program's,
; which may be too short, or not there any more: a thread of musl that ends gives its stack back before
; its last call. There are at least as many stacks as threads, so the first one that isn't busy is soon
; found. Nothing is kept of a thread between two calls.
;
;   rsp at the call of linux_dispatch        struct frame (frame.h)                    end of the stack
;        | r15 r14 r13 r12 rbp rbx r9 r8 r10 rdx rsi rdi | flags | rip | rsp | busy |

bits 64
default rel

%define STACK_SIZE 0x4000   ; stacks.h
%define BUSY       15 * 8   ; of struct frame

global _start:function hidden
global layer_entry:function hidden
global layer_child:function hidden
global layer_leave:function hidden
extern layer_start
extern linux_dispatch
extern stacks_first
extern stacks_threads

section .text

; noreturn void _start(void)
; The process begins here: what the layer needs, then the program, which finds what the System V ABI
; says.
_start:
    mov     rbx, rsp
    mov     rdi, rsp
    call    layer_start     ; tells the program's entry
    mov     rsp, rbx
    xor     ebx, ebx
    xor     ecx, ecx
    xor     edx, edx        ; nothing to be run at the exit
    xor     esi, esi
    xor     edi, edi
    xor     ebp, ebp
    xor     r8d, r8d
    xor     r9d, r9d
    xor     r10d, r10d
    xor     r11d, r11d
    jmp     rax

; The thread's foreign entry: rax number, rcx return address, r11 flags, all else the program's. There
; is no room for a register before there is a stack: until then the flags go into the upper half of
; rax, of which only the lower half counts (as on Linux), and r11 looks for a stack.
layer_entry:
    mov     eax, eax
    shl     r11, 32
    or      rax, r11
    mov     r11, [stacks_first]
.try:
    lock bts dword [r11], 0
    jc      layer_entry_next
    mov     [r11 - 8], rsp
    lea     rsp, [r11 - 8]
    push    rcx
    mov     r11, rax
    shr     r11, 32
    push    r11
    push    rdi
    push    rsi
    push    rdx
    push    r10
    push    r8
    push    r9
    push    rbx
    push    rbp
    push    r12
    push    r13
    push    r14
    push    r15
    mov     edi, eax
    mov     rsi, rsp
    call    linux_dispatch
layer_return:               ; rsp: the frame
    pop     r15
    pop     r14
    pop     r13
    pop     r12
    pop     rbp
    pop     rbx
    pop     r9
    pop     r8
    pop     r10
    pop     rdx
    pop     rsi
    pop     rdi
    popfq                   ; from here on nothing that changes the flags
    pop     rcx
    mov     r11, rsp
    mov     rsp, [r11]
    mov     dword [r11 + 8], 0
    jmp     rcx
layer_entry_next:
    add     r11, STACK_SIZE
    jmp     layer_entry.try

; A new thread begins here, on a stack with a frame: it returns from the call that its maker has made.
layer_child:
    xor     eax, eax
    jmp     layer_return

; noreturn void layer_leave(struct frame *frame, int64_t code, uint64_t thread_exit)
; Ends the thread. As soon as its stack isn't busy any more somebody else may stand on it.
layer_leave:
    mov     rax, rdx
    mov     r10, rdi
    mov     rdi, rsi
    mov     dword [r10 + BUSY], 0
    lock dec dword [stacks_threads]
    syscall
    ud2

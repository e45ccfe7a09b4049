; SPDX-License-Identifier: MIT
;
; Copies to and from user memory, word by word and then byte by byte. A fault that can't be mended
; makes the trap code go on at the fixup of the faulting instruction (table .exception_table).

%include "offsets.inc"

extern cpu_features
global arch_user_copy, arch_user_touch

; An instruction that may fault on user memory, and where to go on.
%macro MAY_FAULT 1
%%fault:
    [section .exception_table progbits alloc noexec nowrite align=8]
    dq %%fault, %1
    __?SECT?__
%endmacro

; User memory is open between these two: SMAP, where the CPU has it, lets nobody in elsewhere.
%macro USER_OPEN 0
    cmp byte [cpu_features + CPU_FEATURES_SMAP], 0
    je %%open
    stac
%%open:
%endmacro
%macro USER_CLOSE 0
    cmp byte [cpu_features + CPU_FEATURES_SMAP], 0
    je %%closed
    clac
%%closed:
%endmacro

section .text progbits alloc exec nowrite align=16

; uint64_t arch_user_copy(void *dst, const void *src, uint64_t len): the number of bytes not copied.
; rdi = dst, rsi = src, rdx = len. EFLAGS.AC is set only in here.
align 16
arch_user_copy:
    USER_OPEN
    mov rcx, rdx
    shr rcx, 3
    and edx, 7
    MAY_FAULT .words_failed
    rep movsq
    mov ecx, edx
    MAY_FAULT .bytes_failed
    rep movsb
    xor eax, eax
.done:
    USER_CLOSE
    ret

; A word that lies across the last good byte: its good bytes are copied one by one.
.words_failed:
    lea rdx, [rdx + rcx * 8]
    mov rcx, rdx
    MAY_FAULT .bytes_failed
    rep movsb
    xor eax, eax
    jmp .done
.bytes_failed:
    mov rax, rcx
    jmp .done

; bool arch_user_touch(void *address): can the byte be written? rdi = address. Writes what is there
; already, in one step, so that nobody else's write is lost.
align 16
arch_user_touch:
    USER_OPEN
    MAY_FAULT .failed
    lock or byte [rdi], 0
    mov eax, 1
.done:
    USER_CLOSE
    ret
.failed:
    xor eax, eax
    jmp .done

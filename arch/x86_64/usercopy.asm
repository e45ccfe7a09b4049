; SPDX-License-Identifier: MIT
;
; Copies to and from user memory, word by word and then byte by byte. A fault makes the trap code look
; the instruction up in .exception_table: first it tries to bring the page in, unless the entry says
; that nothing is to be brought in; if it can't, it goes on at the fixup. EFLAGS.AC, which opens user
; pages where there is SMAP, is set only in here.

%include "offsets.inc"

extern cpu_features
global arch_user_copy, arch_user_copy_in_now, arch_user_copy_out_now
global arch_user_load32_now, arch_user_load_inout, arch_user_store, arch_user_touch

; An instruction that may fault on user memory, where to go on, and whether to bring the page in.
%macro MAY_FAULT 2
%%fault:
    [section .exception_table progbits alloc noexec nowrite align=8]
    dq %%fault, %1, %2
    __?SECT?__
%endmacro

%macro OPEN 0
    cmp byte [cpu_features + CPU_FEATURES_SMAP], 0
    je %%open
    stac
%%open:
%endmacro

%macro CLOSE 0
    cmp byte [cpu_features + CPU_FEATURES_SMAP], 0
    je %%closed
    clac
%%closed:
%endmacro

; The body of a copy; %1: 1 if pages are brought in.
%macro USER_COPY 1
    OPEN
    mov rcx, rdx
    shr rcx, 3
    and edx, 7
    MAY_FAULT %%words_failed, %1
    rep movsq
    mov ecx, edx
    MAY_FAULT %%bytes_failed, %1
    rep movsb
    xor eax, eax
%%done:
    CLOSE
    ret

; A word that lies across the last good byte: its good bytes are copied one by one.
%%words_failed:
    lea rdx, [rdx + rcx * 8]
    mov rcx, rdx
    MAY_FAULT %%bytes_failed, %1
    rep movsb
    xor eax, eax
    jmp %%done
%%bytes_failed:
    mov rax, rcx
    jmp %%done
%endmacro

section .text progbits alloc exec nowrite align=16

; uint64_t arch_user_copy(void *dst, const void *src, uint64_t len): the number of bytes not copied.
; rdi = dst, rsi = src, rdx = len.
align 16
arch_user_copy:
    USER_COPY 1

; The same by what is there.
align 16
arch_user_copy_in_now:
arch_user_copy_out_now:
    USER_COPY 0

; bool arch_user_load32_now(const void *pointer, uint32_t *out_word): false if it isn't there.
align 16
arch_user_load32_now:
    OPEN
    MAY_FAULT failed, 0
    mov eax, [rdi]
    CLOSE
    mov [rsi], eax
    mov eax, 1
    ret

; bool arch_user_load_inout(void *pointer, uint64_t *out_word): false if the word can't be written.
; Adds 0 to it in one step, so that nobody else's write is lost.
align 16
arch_user_load_inout:
    xor eax, eax
    OPEN
    MAY_FAULT failed, 1
    lock xadd [rdi], rax
    CLOSE
    mov [rsi], rax
    mov eax, 1
    ret

; bool arch_user_store(void *dst, uint64_t word)
align 16
arch_user_store:
    OPEN
    MAY_FAULT failed, 1
    mov [rdi], rsi
    CLOSE
    mov eax, 1
    ret

; bool arch_user_touch(void *address): can the byte be written? Writes what is there likewise.
align 16
arch_user_touch:
    OPEN
    MAY_FAULT failed, 1
    lock or byte [rdi], 0
    CLOSE
    mov eax, 1
    ret

failed:
    CLOSE
    xor eax, eax
    ret

; SPDX-License-Identifier: MIT
;
; Stands between GRUB and the kernel to show the kernel what GRUB never would: a wrong magic and
; damaged Multiboot2 tags. It copies the ELF file that is the module `kernel` to where the file wants
; to lie, then obeys the words of its command line (which is the kernel's too), all in hexadecimal:
;   eax=VALUE            the magic that the kernel is entered with
;   TYPE+OFFSET=VALUE    the 32 bits at that offset of the first tag of that type
;   info+OFFSET=VALUE    the same in the head of the information: +0 is its size

MAGIC       equ 0xe85250d6
BOOTED      equ 0x36d76289
ROOM        equ 8 << 20                 ; kept free for the kernel, from 1 MiB

TAG_CMDLINE equ 1
TAG_MODULE  equ 3
PT_LOAD     equ 1
PHDR        equ 56

struc ehdr                              ; what is used of an ELF64 header; addresses are low
    resb 24
    .entry  resq 1
    .phoff  resq 1
    resb 16
    .phnum  resw 1
endstruc

struc phdr
    .type   resd 1
    resd 1
    .offset resq 1
    resq 1
    .paddr  resq 1
    .filesz resq 1
    .memsz  resq 1
endstruc

section .text
bits 32
header:
    dd MAGIC, 0, header_end - header
    dd -(MAGIC + header_end - header) & 0xffffffff
    dw 4, 1
    dd 12, 1 << 1                       ; console: text is welcome
    align 8, db 0
    dw 5, 1
    dd 20, 1024, 768, 32                ; framebuffer, optional
    align 8, db 0
    dw 6, 0
    dd 8                                ; modules on page boundaries
    dw 0, 0
    dd 8
header_end:

global start
start:
    cld
    mov esp, stack_top
    mov [info], ebx
    mov eax, TAG_MODULE                 ; the first module is the kernel
    call find_tag
    jc stop
    mov ebp, [edi + 8]
    call load_kernel
    mov eax, TAG_CMDLINE
    call find_tag
    jc enter
    lea esi, [edi + 8]
    call obey
enter:
    mov eax, [magic]
    mov ebx, [info]
    jmp [entry]
stop:
    cli
    hlt
    jmp stop

; The first tag of type eax: edi, or carry. Loses ecx.
find_tag:
    mov edi, [info]
    add edi, 8
.next:
    cmp [edi], eax
    je .found
    cmp dword [edi], 0
    je .none
    mov ecx, [edi + 4]
    add ecx, 7
    and ecx, ~7
    add edi, ecx
    jmp .next
.none:
    stc
    ret
.found:
    clc
    ret

; The segments of the ELF file at ebp, copied and filled with zeros.
load_kernel:
    mov eax, [ebp + ehdr.entry]         ; the entry is linked high, at a fixed distance
    and eax, 0x7fffffff
    mov [entry], eax
    movzx edx, word [ebp + ehdr.phnum]
    mov ebx, [ebp + ehdr.phoff]
    add ebx, ebp
.segment:
    cmp dword [ebx + phdr.type], PT_LOAD
    jne .next
    mov esi, [ebx + phdr.offset]
    add esi, ebp
    mov edi, [ebx + phdr.paddr]
    mov ecx, [ebx + phdr.filesz]
    rep movsb
    mov ecx, [ebx + phdr.memsz]
    sub ecx, [ebx + phdr.filesz]
    xor eax, eax
    rep stosb
.next:
    add ebx, PHDR
    dec edx
    jnz .segment
    ret

; The words at esi, up to a NUL. Words that aren't ours are for the kernel.
obey:
    cmp byte [esi], 0
    je .done
    cmp byte [esi], ' '
    jne .word
    inc esi
    jmp obey
.word:
    cmp dword [esi], 'eax='
    je .magic
    cmp dword [esi], 'info'
    je .head
    call number
    cmp byte [esi], '+'
    jne .skip
    call find_tag
    jc .skip
    jmp .edit
.head:
    add esi, 4
    mov edi, [info]
.edit:
    inc esi                             ; +
    call number
    add edi, eax
    inc esi                             ; =
    call number
    mov [edi], eax
    jmp .skip
.magic:
    add esi, 4
    call number
    mov [magic], eax
.skip:
    cmp byte [esi], ' '
    jbe obey
    inc esi
    jmp .skip
.done:
    ret

; A hexadecimal number at esi: eax; esi behind it. Loses ecx.
number:
    xor eax, eax
.digit:
    movzx ecx, byte [esi]
    sub ecx, '0'
    cmp ecx, 10
    jb .add
    sub ecx, 'a' - '0' - 10
    cmp ecx, 10
    jb .done
    cmp ecx, 16
    jae .done
.add:
    shl eax, 4
    or eax, ecx
    inc esi
    jmp .digit
.done:
    ret

section .data
magic:  dd BOOTED
info:   dd 0
entry:  dd 0

section .bss
    resb 4096
stack_top:

section .room nobits alloc write
    resb ROOM

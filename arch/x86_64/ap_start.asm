; SPDX-License-Identifier: MIT
;
; Where the other CPUs begin: in real mode, at the start of a page below 1 MiB that this is copied to
; (Intel SDM vol. 3, section 8.4). Nothing but the claim of a number is written here, before paging is
; on: page tables map the page read-only. A CPU that finds no number left stops here for ever, on a
; page that nobody else ever gets.

%include "offsets.inc"

extern cpu_blocks, smp_main
global ap_start, ap_start_end, ap_start_parameters

MSR_EFER    equ 0xc0000080
EFER_BITS   equ 1 << 0 | 1 << 8 | 1 << 11                   ; SCE LME NXE
CR0_BITS    equ 1 << 31 | 1 << 16 | 1 << 5 | 1 << 4 | 1 << 1 | 1 << 0   ; PG WP NE ET MP PE; caches on
CR4_PAE     equ 1 << 5

%define AT(label) ((label) - ap_start)

section .rodata progbits alloc noexec nowrite align=16
bits 16
ap_start:
    cli
    cld
    mov ax, cs
    mov ds, ax
    mov eax, 1
    lock xadd [AT(next)], eax
    cmp eax, [AT(limit)]
    jae .stop
    mov ebp, eax                        ; the CPU's number from here on

    mov eax, CR4_PAE
    mov cr4, eax
    mov eax, [AT(root)]
    mov cr3, eax
    mov ecx, MSR_EFER
    rdmsr
    or eax, EFER_BITS
    wrmsr
    o32 lgdt [AT(gdt_pointer)]
    mov eax, CR0_BITS
    mov cr0, eax
    jmp dword far [AT(long_mode_pointer)]
.stop:
    cli
    hlt
    jmp .stop

; struct ap_parameters of smp.c.
    align 8, db 0
ap_start_parameters:
next:           dd 0
limit:          dd 0
root:           dd 0
long_mode_pointer:
                dd AT(long_mode)        ; the page's address is added to this one
                dw 8
gdt_pointer:    dw gdt_end - gdt - 1
                dd AT(gdt)              ; and to this one
    align 8, db 0
gdt:
    dq 0
    dq 0x00af9b000000ffff               ; 64-bit code, accessed: the page is read-only
    dq 0x00cf93000000ffff               ; data
gdt_end:

bits 64
long_mode:
    mov eax, 16
    mov ss, eax
    xor eax, eax
    mov ds, eax
    mov es, eax
    mov fs, eax
    mov gs, eax
    mov rax, ap_higher_half
    jmp rax
ap_start_end:

section .text.entry progbits alloc exec nowrite align=16
; smp_main(void *block), ebp = number
ap_higher_half:
    mov eax, ebp
    mov rdi, [cpu_blocks + rax * 8]
    mov rsp, [rdi + CPU_KERNEL_STACK]
    xor ebp, ebp
    call smp_main
    ud2

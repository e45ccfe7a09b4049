; SPDX-License-Identifier: MIT
;
; From GRUB's 32-bit protected mode to C in the higher half (Multiboot2 specification 2.0, §3.3).
; Checks what the kernel can't do without, builds the first page tables and turns on long mode.
; Everything here and its tables lie in the boot part of the image, which is given back later.
;
; The first page tables (final ones are built in C):
;   PML4[0]    the first 2 MiB, read and execute: only for the steps between CR0.PG and the jump
;   PML4[256]  offset map of the first 4 GiB in 2 MiB pages, read and write
;   PML4[511]  the kernel image in 4 KiB pages: text RX, rodata R, data RW

%include "offsets.inc"

%define PHYS(symbol) ((symbol) - KERNEL_BASE)

MULTIBOOT2_MAGIC    equ 0xe85250d6
MULTIBOOT2_BOOTED   equ 0x36d76289
KERNEL_TABLES       equ 8               ; page tables for the image: 16 MiB from physical 0

PRESENT             equ 1 << 0
WRITE               equ 1 << 1
LARGE               equ 1 << 7
NO_EXECUTE_HIGH     equ 1 << 31         ; bit 63, in the upper half of an entry

extern boot_message_stop
extern kernel_main
extern kernel_boot_end, kernel_text_end, kernel_rodata_end, kernel_image_end, kernel_text_start
global boot_entry, boot_stack_top

section .boot.header progbits alloc noexec nowrite align=8
header:
    dd MULTIBOOT2_MAGIC, 0, header_end - header
    dd -(MULTIBOOT2_MAGIC + header_end - header) & 0xffffffff
    align 8                             ; information request, optional
    dw 1, 1
    dd .request_end - $ + 4
    dd 1, 3, 6, 8, 14, 15               ; command line, modules, memory map, framebuffer, RSDPs
.request_end:
    align 8                             ; console: EGA text is welcome too
    dw 4, 1
    dd 12, 1 << 1
    align 8                             ; framebuffer, optional: 1024 x 768 x 32 preferred
    dw 5, 1
    dd 20, 1024, 768, 32
    align 8                             ; modules on page boundaries
    dw 6, 0
    dd 8
    align 8                             ; end
    dw 0, 0
    dd 8
header_end:

section .boot.data progbits alloc noexec write align=8
boot_gdt:
    dq 0
    dq 0x00af9b000000ffff               ; 64-bit code, accessed: the page is read-only
    dq 0x00cf93000000ffff               ; data
.pointer:
    dw $ - boot_gdt - 1
    dd PHYS(boot_gdt)

no_multiboot2:  db "Senary: not started by a Multiboot2 boot loader.", 0
no_cpuid:       db "Senary: this CPU has no CPUID; a 64-bit PC is needed.", 0
no_long_mode:   db "Senary: this CPU has no long mode (64 bit).", 0
no_nx:          db "Senary: this CPU has no NX (no-execute pages), or it is off in the firmware.", 0

section .boot.bss nobits alloc noexec write align=4096
boot_pml4:          resb 4096
boot_pdpt_low:      resb 4096
boot_pd_low:        resb 4096
boot_pdpt_offset:   resb 4096
boot_pd_offset:     resb 4 * 4096
boot_pdpt_kernel:   resb 4096
boot_pd_kernel:     resb 4096
boot_pt_kernel:     resb KERNEL_TABLES * 4096
boot_tables_end:
boot_stack:         resb 16384
boot_stack_top:

; Enters with eax = magic, ebx = physical address of the Multiboot2 information.
section .boot.text progbits alloc exec nowrite align=16
bits 32
boot_entry:
    cli
    cld
    mov esp, PHYS(boot_stack_top)
    cmp eax, MULTIBOOT2_BOOTED
    je .magic_ok
    xor ebx, ebx
    mov esi, PHYS(no_multiboot2)
    jmp boot_message_stop
.magic_ok:

    pushfd                              ; CPUID is there if EFLAGS.ID can be changed
    pop eax
    mov ecx, eax
    xor eax, 1 << 21
    push eax
    popfd
    pushfd
    pop eax
    push ecx
    popfd
    xor eax, ecx
    test eax, 1 << 21
    mov esi, PHYS(no_cpuid)
    jz boot_message_stop

    push ebx
    mov eax, 0x80000000
    cpuid
    xor edx, edx
    cmp eax, 0x80000001
    jb .features
    mov eax, 0x80000001
    cpuid
.features:
    pop ebx
    mov esi, PHYS(no_long_mode)
    test edx, 1 << 29
    jz boot_message_stop
    mov esi, PHYS(no_nx)
    test edx, 1 << 20
    jz boot_message_stop

    rdtsc                               ; the time of entry, for boot_to_init
    push edx
    push eax
    call build_tables

    mov eax, cr4
    or eax, 1 << 5                      ; PAE
    mov cr4, eax
    mov eax, PHYS(boot_pml4)
    mov cr3, eax
    mov ecx, 0xc0000080                 ; EFER: SCE, LME, NXE
    rdmsr
    or eax, 1 << 0 | 1 << 8 | 1 << 11
    wrmsr
    mov eax, 1 << 31 | 1 << 16 | 1 << 5 | 1 << 4 | 1 << 1 | 1 << 0 ; PG WP NE ET MP PE
    mov cr0, eax
    lgdt [PHYS(boot_gdt.pointer)]
    jmp 8:PHYS(long_mode)

; Clears and fills the tables above. Loses eax, ecx, edx, esi, edi.
build_tables:
    mov edi, PHYS(boot_pml4)
    mov ecx, (boot_tables_end - boot_pml4) / 4
    xor eax, eax
    rep stosd

    mov dword [PHYS(boot_pml4)], PHYS(boot_pdpt_low) + (PRESENT | WRITE)
    mov dword [PHYS(boot_pdpt_low)], PHYS(boot_pd_low) + (PRESENT | WRITE)
    mov dword [PHYS(boot_pd_low)], PRESENT | LARGE
    mov dword [PHYS(boot_pml4) + 256 * 8], PHYS(boot_pdpt_offset) + (PRESENT | WRITE)
    mov dword [PHYS(boot_pml4) + 511 * 8], PHYS(boot_pdpt_kernel) + (PRESENT | WRITE)
    mov dword [PHYS(boot_pdpt_kernel) + 510 * 8], PHYS(boot_pd_kernel) + (PRESENT | WRITE)

    mov edi, PHYS(boot_pdpt_offset)     ; four page directories of the offset map
    mov eax, PHYS(boot_pd_offset) + (PRESENT | WRITE)
    mov ecx, 4
    call fill_tables
    mov edi, PHYS(boot_pd_kernel)       ; the image's page tables
    mov eax, PHYS(boot_pt_kernel) + (PRESENT | WRITE)
    mov ecx, KERNEL_TABLES
    call fill_tables

    mov edi, PHYS(boot_pd_offset)       ; 2,048 pages of 2 MiB
    mov eax, PRESENT | WRITE | LARGE
    mov ecx, 2048
.offset_page:
    mov [edi], eax
    mov dword [edi + 4], NO_EXECUTE_HIGH
    add eax, 1 << 21
    add edi, 8
    loop .offset_page

    mov eax, PHYS(kernel_text_start)
    mov ecx, PHYS(kernel_text_end)
    mov esi, PRESENT
    xor edx, edx
    call fill_pages
    mov ecx, PHYS(kernel_rodata_end)
    mov edx, NO_EXECUTE_HIGH
    call fill_pages
    mov ecx, PHYS(kernel_image_end)
    mov esi, PRESENT | WRITE
    call fill_pages
    mov eax, PHYS(boot_stack)           ; the stack that C starts on
    mov ecx, PHYS(boot_stack_top)
    jmp fill_pages

; edi = table, eax = first entry, ecx = number: entries to tables that lie one after the other.
fill_tables:
    mov [edi], eax
    add eax, 4096
    add edi, 8
    loop fill_tables
    ret

; Image pages from physical eax to ecx: esi = low flags, edx = high half. Leaves eax = ecx.
fill_pages:
    mov edi, eax
    shr edi, 12
    or eax, esi
    mov [PHYS(boot_pt_kernel) + edi * 8], eax
    mov [PHYS(boot_pt_kernel) + edi * 8 + 4], edx
    and eax, ~4095
    add eax, 4096
    cmp eax, ecx
    jb fill_pages
    ret

bits 64
; Still at the identity address: rbx = information, entry time on the stack.
long_mode:
    mov eax, 16
    mov ds, eax
    mov es, eax
    mov ss, eax
    xor eax, eax
    mov fs, eax
    mov gs, eax
    mov edi, ebx
    mov esi, [rsp]
    mov eax, [rsp + 4]
    shl rax, 32
    or rsi, rax
    mov rax, higher_half
    jmp rax

section .text.entry progbits alloc exec nowrite align=16
; kernel_main(paddr_t multiboot2_info, uint64_t entry_tsc)
higher_half:
    mov rsp, boot_stack_top
    xor ebp, ebp
    call kernel_main
    ud2

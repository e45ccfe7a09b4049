; SPDX-License-Identifier: MIT
;
; One line of text and a stop, for what goes wrong before there is C: 32-bit protected mode without
; paging, flat segments, any stack. Writes to COM1 and to the screen that the boot loader left, with
; the console's font. Trusts no device to be there: every wait has a bound.

%include "offsets.inc"

%define PHYS(symbol) ((symbol) - KERNEL_BASE)

COM1                equ 0x3f8
COM1_STATUS         equ COM1 + 5
COM1_EMPTY          equ 1 << 5
COM1_POLLS_MAX      equ 50000           ; of about 1 us; a byte takes 87 us

TAG_END             equ 0               ; Multiboot2 specification 2.0, section 3.6
TAG_FRAMEBUFFER     equ 8
FRAMEBUFFER_RGB     equ 1
FRAMEBUFFER_TEXT    equ 2

struc tag
    .type           resd 1
    .size           resd 1
endstruc

struc framebuffer
    .tag            resb tag_size
    .address        resd 1
    .address_high   resd 1
    .pitch          resd 1
    .width          resd 1              ; in pixels, or in characters
    .height         resd 1
    .bits           resb 1
    .type           resb 1
endstruc

EGA_ADDRESS         equ 0xb8000
EGA_COLUMNS         equ 80
EGA_WHITE           equ 0x0f

PSF1_MAGIC          equ 0x0436
PSF1_HEIGHT         equ 3               ; byte
PSF1_GLYPHS         equ 4
PSF2_HEAD_SIZE      equ 8               ; dwords
PSF2_HEIGHT         equ 24

extern font_start
global boot_message_stop

section .boot.text progbits alloc exec nowrite align=16
bits 32

; noreturn boot_message_stop, by jump or call
;   esi = message, ended by NUL, at its physical address
;   ebx = Multiboot2 information, or 0
boot_message_stop:
    cli
    cld
    push esi
    call serial_line
    pop esi
    call find_framebuffer
    mov edi, EGA_ADDRESS
    mov ecx, EGA_COLUMNS
    jc .text                            ; none is known: a PC starts in EGA text
    cmp dword [ebp + framebuffer.address_high], 0
    jne .stop
    mov edi, [ebp + framebuffer.address]
    mov ecx, [ebp + framebuffer.width]
    cmp byte [ebp + framebuffer.type], FRAMEBUFFER_TEXT
    je .text
    cmp byte [ebp + framebuffer.type], FRAMEBUFFER_RGB
    jne .stop
    call draw_line
    jmp .stop
.text:
    call text_line
.stop:
    hlt
    jmp .stop

; The message in esi, on a line of its own, to COM1 if it is there. Loses eax, ecx, edx, esi, edi.
serial_line:
    mov dx, COM1_STATUS
    in al, dx
    cmp al, 0xff
    je .done
    mov edi, PHYS(serial_setup)
.setup:
    movzx edx, byte [edi]
    add edx, COM1
    mov al, [edi + 1]
    out dx, al
    add edi, 2
    cmp edi, PHYS(serial_setup.end)
    jb .setup
    call .new_line
.character:
    lodsb
    test al, al
    jz .new_line
    call .put
    jmp .character
.new_line:
    mov al, 13
    call .put
    mov al, 10
.put:
    mov ah, al
    mov dx, COM1_STATUS
    mov ecx, COM1_POLLS_MAX
.wait:
    in al, dx
    test al, COM1_EMPTY
    loopz .wait
    mov al, ah
    mov dx, COM1
    out dx, al
.done:
    ret

; ebx = Multiboot2 information, or 0. Returns ebp = framebuffer tag; carry set: there is none.
; Loses eax, ecx, edx.
find_framebuffer:
    test ebx, ebx
    jz .none
    lea ebp, [ebx + 8]
    mov edx, [ebx]
    add edx, ebx                        ; the end
.tag:
    lea eax, [ebp + framebuffer_size]
    cmp eax, edx
    ja .none
    mov eax, [ebp + tag.type]
    mov ecx, [ebp + tag.size]
    cmp eax, TAG_FRAMEBUFFER
    je .found
    cmp eax, TAG_END
    je .none
    cmp ecx, tag_size
    jb .none
    add ecx, 7
    and ecx, ~7
    add ebp, ecx
    jnc .tag
.none:
    stc
    ret
.found:
    clc
    ret

; The message in esi at edi, which has ecx characters in a line. Loses eax, ecx, esi, edi.
text_line:
    mov ah, EGA_WHITE
.character:
    lodsb
    test al, al
    jz .pad
    stosw
    loop .character
    ret
.pad:
    mov al, ' '
    rep stosw
    ret

; The message in esi at edi, in white on black whatever the colours' bits: all ones, all zeros.
;   ebp = framebuffer tag, ecx = pixels in a line. Loses eax, ebx, ecx, edx, esi, edi.
draw_line:
    movzx edx, byte [ebp + framebuffer.bits]
    add edx, 7
    shr edx, 3                          ; edx = bytes of a pixel
    shr ecx, 3
    jz .done                            ; ecx = characters that still fit
.character:
    movzx eax, byte [esi]
    inc esi
    test eax, eax
    jz .done
    push ecx
    push edi
    call find_glyph
.row:                                   ; ebx = row of the glyph, ch = rows left, edi = left end
    push edi
    mov ah, [ebx]
    inc ebx
    mov cl, 8                           ; pixels left
.pixel:
    add ah, ah                          ; its bit into carry, and that into all of al
    sbb al, al
    push ecx
    mov ecx, edx
    rep stosb
    pop ecx
    dec cl
    jnz .pixel
    pop edi
    add edi, [ebp + framebuffer.pitch]
    dec ch
    jnz .row
    pop edi
    lea edi, [edi + edx * 8]
    pop ecx
    loop .character
.done:
    ret

; eax = character. Returns ebx = its glyph, ch = its height. Loses eax, ecx.
find_glyph:
    mov ebx, PHYS(font_start)
    mov ecx, [ebx + PSF2_HEIGHT]
    cmp word [ebx], PSF1_MAGIC
    jne .psf2
    movzx ecx, byte [ebx + PSF1_HEIGHT]
    add ebx, PSF1_GLYPHS
    jmp .found
.psf2:
    add ebx, [ebx + PSF2_HEAD_SIZE]
.found:
    imul eax, ecx
    add ebx, eax
    mov ch, cl
    ret

section .boot.data progbits alloc noexec write
serial_setup:                           ; register, value: no interrupts, 115200 8N1, FIFOs, DTR, RTS
    db 1, 0x00, 3, 0x80, 0, 1, 1, 0x00, 3, 0x03, 2, 0x07, 4, 0x03
.end:

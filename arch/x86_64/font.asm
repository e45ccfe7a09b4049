; SPDX-License-Identifier: MIT
;
; The console font as it comes out of the font package at build time (PSF, 8 pixels wide, ASCII in
; its usual places). Used by the early screen and, before there is C, by boot_message.asm.

global font_start, font_end

section .rodata.font progbits alloc noexec nowrite align=16
font_start:
    incbin "font.psf"
font_end:

; SPDX-License-Identifier: MIT
;
; The console font as it comes out of the font package at build time, the one that the kernel draws with.

global font_start, font_end

section .rodata progbits alloc noexec nowrite align=16
font_start:
    incbin "font.psf"
font_end:

# SPDX-License-Identifier: MIT
# From `nm -n kernel.elf` to the table of function names that a backtrace is printed with: rows of
# {u32 offset from the kernel's base, u32 offset of the name}, sorted by address, and the names.
# Only code is named, so the table is the same before and after it is itself linked in.
BEGIN {
    print "KERNEL_BASE equ 0xffffffff80000000"
    print "global symbol_table, symbol_count, symbol_names"
    print "section .rodata.symbols progbits alloc noexec nowrite align=8"
    print "symbol_table:"
}
$2 ~ /^[tT]$/ {
    printf "    dd 0x%s - KERNEL_BASE, %d\n", $1, length_of_names
    name[count++] = $3
    length_of_names += length($3) + 1
}
END {
    print "symbol_count: dd " count + 0
    print "symbol_names:"
    for (i = 0; i < count; i++) {
        printf "    db \"%s\", 0\n", name[i]
    }
}

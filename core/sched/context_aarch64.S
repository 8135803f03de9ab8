/* SPDX-License-Identifier: MIT */
/* The switch for aarch64 (AAPCS64): as context_x86_64.S; x19-x30 and d8-d15 are callee-saved. */
#if defined(__aarch64__) && !defined(ACRI_CONTEXT_UCONTEXT)
    .text
    .globl acri_context_switch
    .hidden acri_context_switch
    .type acri_context_switch, %function
acri_context_switch:
    .cfi_startproc
    sub sp, sp, #160
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x9, sp
    str x9, [x0]
    mov sp, x1
    ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #160
    br x30
    .cfi_endproc
    .size acri_context_switch, . - acri_context_switch

/* Where a new stack starts: x19 holds the function, x20 its argument. Unwinders stop here. */
    .globl acri_context_start
    .hidden acri_context_start
    .type acri_context_start, %function
acri_context_start:
    .cfi_startproc
    .cfi_undefined x30
    mov x0, x20
    blr x19
    brk #1
    .cfi_endproc
    .size acri_context_start, . - acri_context_start
#endif
#if defined(__linux__)
    .section .note.GNU-stack, "", %progbits
#endif

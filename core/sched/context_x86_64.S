/* SPDX-License-Identifier: MIT */
/*
 * The switch for x86-64 (System V ABI): save the callee-saved registers on this stack, take the other
 * stack, restore, and jump. A jump instead of `ret`: the return would go where the processor's return
 * predictor does not expect it, which costs ten times the switch.
 *
 * The floating-point control words are not saved: scenarios do not change them.
 */
#if defined(__x86_64__) && !defined(ACRI_CONTEXT_UCONTEXT)
    .text
    .globl acri_context_switch
    .hidden acri_context_switch
    .type acri_context_switch, @function
acri_context_switch:
    .cfi_startproc
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    popq %rcx
    jmpq *%rcx
    .cfi_endproc
    .size acri_context_switch, . - acri_context_switch

/* Where a new stack starts: rbx holds the function, r12 its argument. Unwinders stop here. */
    .globl acri_context_start
    .hidden acri_context_start
    .type acri_context_start, @function
acri_context_start:
    .cfi_startproc
    .cfi_undefined rip
    movq %r12, %rdi
    callq *%rbx
    ud2
    .cfi_endproc
    .size acri_context_start, . - acri_context_start
#endif
#if defined(__linux__)
    .section .note.GNU-stack, "", @progbits
#endif

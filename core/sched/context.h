/* SPDX-License-Identifier: MIT */
/*
 * Switching between stacks: the few instructions that differ from one architecture to another.
 *
 * x86-64 and aarch64 have their own (context_<arch>.S); others use ucontext (in context.c),
 * which costs two system calls a switch.
 */
#ifndef ACRIDA_SCHED_CONTEXT_H
#define ACRIDA_SCHED_CONTEXT_H

#include <stddef.h>

/*
 * Prepare a stack so that the first switch to it calls entry(arg) on it. entry must not return.
 *
 * stack: its lowest address; size: bytes, both multiples of 16.
 * Returns: what to switch to.
 */
void *acri_context_make(void *stack, size_t size, void (*entry)(void *arg), void *arg);

/* Go on at `to`; *ret_from is where to switch to in order to come back here. */
void acri_context_switch(void **ret_from, void *to);

#endif

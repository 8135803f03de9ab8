/* SPDX-License-Identifier: MIT */
/* Addresses of code as text: module, offset and function; file and line where addr2line is
 * installed. */
#ifndef ACRIDA_PLUGIN_SYMBOLISE_H
#define ACRIDA_PLUGIN_SYMBOLISE_H

#include "base/buf.h"

/*
 * Append one line per frame of the scenario, the innermost first. The frames of acrida itself are
 * left out: those above (the call that took the backtrace, or the fault handler) and those below
 * (the scheduler).
 *
 * Thread: any, not in a signal handler. Runs addr2line, if it is there.
 */
void acri_symbolise(struct acri_buf *out, void *const *frames, int n_frames, bool is_fault);

#endif

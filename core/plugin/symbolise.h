/* SPDX-License-Identifier: MIT */
/* Addresses of code as text: module, offset and function; file and line where addr2line is installed. */
#ifndef ACRIDA_PLUGIN_SYMBOLISE_H
#define ACRIDA_PLUGIN_SYMBOLISE_H

#include "base/buf.h"

/*
 * Append one line per frame, the innermost first. The frames of acrida itself are left out: those above
 * the scenario (the call that took the backtrace) and those below it (the scheduler).
 *
 * Thread: any, not in a signal handler. Runs addr2line, if it is there.
 */
void acri_symbolise(struct acri_buf *out, void *const *frames, int n_frames);

#endif

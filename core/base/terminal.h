/* SPDX-License-Identifier: MIT */
/*
 * Standard input as a keyboard: each key at once and unseen, for as long as this process is in the
 * foreground; and the terminal as it was on every way out.
 */
#ifndef ACRIDA_BASE_TERMINAL_H
#define ACRIDA_BASE_TERMINAL_H

#include <stdbool.h>

/* Standard input is a terminal, and this process is in its foreground. Async-signal-safe. */
bool acri_terminal_is_ours(void);

/*
 * Take keys from now on: after Ctrl-Z and fg, too. Signals that end or stop the process put the
 * terminal back first. Returns: false: it is not ours, or no terminal. Thread: main, once.
 */
bool acri_terminal_open(void);

/* The next key. Returns: -1: there is none now, or the terminal is not ours. */
int acri_terminal_key(void);

/* As it was before; nothing without acri_terminal_open. Async-signal-safe. */
void acri_terminal_restore(void);
/* The same, and signals do what they did. */
void acri_terminal_close(void);

#endif

/* SPDX-License-Identifier: MIT */
/* Secrets that were given on the command line: ps and /proc/PID/cmdline show it to everybody. */
#ifndef ACRIDA_APP_CONCEAL_H
#define ACRIDA_APP_CONCEAL_H

#include <stdbool.h>

/*
 * Overwrite a text with asterisks if it lies in this process's own command line.
 *
 * Returns: whether it does; any other text is left alone.
 */
bool acri_conceal(const char *text);

#endif

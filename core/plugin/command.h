/* SPDX-License-Identifier: MIT */
/* Running other programs (the compiler, pkg-config, cmake, addr2line) without a shell. */
#ifndef ACRIDA_PLUGIN_COMMAND_H
#define ACRIDA_PLUGIN_COMMAND_H

#include "base/buf.h"

/* An argument list under construction; words are copied. */
struct acri_command {
    char **words; /* n words, then NULL */
    size_t n;
};

/* program is split like words are: CC may be "ccache gcc". */
void acri_command_init(struct acri_command *c, const char *program);
void acri_command_add(struct acri_command *c, const char *word);
/* Each word of a text, split at blanks; a backslash keeps the next character, as pkg-config means
 * it. */
void acri_command_add_words(struct acri_command *c, const char *text);
void acri_command_done(struct acri_command *c);

/*
 * Run it and wait. Its standard output is appended to `output`, or passed through when that is
 * NULL; its standard error is passed through, or dropped when is_quiet.
 *
 * Returns: its exit status (0 to 255), or -ENOENT when the program is not there, or another errno.
 */
int acri_command_run(const struct acri_command *c, struct acri_buf *output, bool is_quiet);

#endif

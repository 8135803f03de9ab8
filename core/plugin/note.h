/* SPDX-License-Identifier: MIT */
/* The hash of a scenario's source, carried in the object as an ELF note, so that nodes can compare.
 */
#ifndef ACRIDA_PLUGIN_NOTE_H
#define ACRIDA_PLUGIN_NOTE_H

#include "base/buf.h"
#include "plugin/hash.h"

/* The C source of the note. */
void acri_note_write_source(struct acri_buf *out, const char *hash_text);

/* The hash that an object carries; of an object without a note, the hash of the file.
 * Returns: 0 or a negative errno. */
int acri_note_read(const char *path, char ret_text[ACRI_HASH_TEXT]);

#endif

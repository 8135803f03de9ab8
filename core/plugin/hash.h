/* SPDX-License-Identifier: MIT */
/* The 128-bit FNV-1a hash (RFC 9923): tells sources apart; not for secrets. */
#ifndef ACRIDA_PLUGIN_HASH_H
#define ACRIDA_PLUGIN_HASH_H

#include <stddef.h>

#define ACRI_HASH_TEXT 33 /* 32 hexadecimal digits and the end */

struct acri_hash {
    unsigned __int128 state;
};

void acri_hash_init(struct acri_hash *h);
void acri_hash_add(struct acri_hash *h, const void *data, size_t bytes);
void acri_hash_text(const struct acri_hash *h, char ret_text[ACRI_HASH_TEXT]);

#endif

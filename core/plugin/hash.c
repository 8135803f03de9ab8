/* SPDX-License-Identifier: MIT */
#include "plugin/hash.h"

#include <stdint.h>
#include <stdio.h>

#define JOIN(high, low) ((unsigned __int128)(high) << 64 | (low))

void acri_hash_init(struct acri_hash *h)
{
    h->state = JOIN(0x6c62272e07bb0142ull, 0x62b821756295c58dull);
}

void acri_hash_add(struct acri_hash *h, const void *data, size_t bytes)
{
    const unsigned char *at = data;

    for (size_t i = 0; i < bytes; i++)
        h->state = (h->state ^ at[i]) * JOIN(0x0000000001000000ull, 0x000000000000013bull);
}

void acri_hash_text(const struct acri_hash *h, char ret_text[ACRI_HASH_TEXT])
{
    snprintf(ret_text, ACRI_HASH_TEXT, "%016llx%016llx", (unsigned long long)(h->state >> 64),
             (unsigned long long)h->state);
}

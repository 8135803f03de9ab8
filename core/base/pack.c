/* SPDX-License-Identifier: MIT */
#include "base/pack.h"

#include "base/check.h"

#include <string.h>

void acri_pack_u64(struct acri_buf *b, uint64_t x)
{
    unsigned char bytes[10];
    size_t n = 0;

    do {
        bytes[n] = (unsigned char)(x & 0x7f);
        x >>= 7;
        if (x != 0)
            bytes[n] |= 0x80;
        n++;
    } while (x != 0);
    acri_buf_append(b, bytes, n);
}

void acri_pack_i64(struct acri_buf *b, int64_t x)
{
    acri_pack_u64(b, ((uint64_t)x << 1) ^ (x < 0 ? UINT64_MAX : 0));
}

void acri_pack_double(struct acri_buf *b, double x)
{
    unsigned char bytes[8];
    uint64_t bits;

    memcpy(&bits, &x, sizeof(bits));
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(bits >> (8 * i));
    acri_buf_append(b, bytes, sizeof(bytes));
}

void acri_pack_bytes(struct acri_buf *b, const void *bytes, size_t n)
{
    acri_pack_u64(b, n);
    if (n > 0)
        acri_buf_append(b, bytes, n);
}

void acri_pack_text(struct acri_buf *b, const char *text)
{
    acri_pack_bytes(b, text, text != NULL ? strlen(text) : 0);
}

void acri_unpack_init(struct acri_unpack *u, const void *bytes, size_t n)
{
    *u = (struct acri_unpack){ .at = bytes, .end = (const unsigned char *)bytes + n };
}

static void spoil(struct acri_unpack *u)
{
    u->is_bad = true;
    u->at = u->end;
}

uint64_t acri_unpack_u64(struct acri_unpack *u)
{
    uint64_t x = 0;

    for (unsigned shift = 0; shift < 64 && u->at < u->end; shift += 7) {
        unsigned char byte = *u->at++;

        /* The tenth byte has room for one bit. */
        if (shift == 63 && byte > 1)
            break;
        x |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return x;
    }
    spoil(u);
    return 0;
}

uint64_t acri_unpack_most(struct acri_unpack *u, uint64_t most)
{
    uint64_t x = acri_unpack_u64(u);

    if (x <= most)
        return x;
    spoil(u);
    return 0;
}

int64_t acri_unpack_i64(struct acri_unpack *u)
{
    uint64_t x = acri_unpack_u64(u);
    uint64_t bits = (x >> 1) ^ ((x & 1) != 0 ? UINT64_MAX : 0);

    return (int64_t)bits;
}

double acri_unpack_double(struct acri_unpack *u)
{
    uint64_t bits = 0;
    double x;

    if (u->end - u->at < 8) {
        spoil(u);
        return 0;
    }
    for (size_t i = 0; i < 8; i++)
        bits |= (uint64_t)*u->at++ << (8 * i);
    memcpy(&x, &bits, sizeof(x));
    return x;
}

const void *acri_unpack_bytes(struct acri_unpack *u, size_t *ret_n)
{
    uint64_t n = acri_unpack_u64(u);
    const unsigned char *at = u->at;

    if (u->is_bad || n > (uint64_t)(u->end - u->at)) {
        spoil(u);
        *ret_n = 0;
        return "";
    }
    u->at += n;
    *ret_n = (size_t)n;
    return at;
}

void acri_unpack_text(struct acri_unpack *u, char *to, size_t size)
{
    size_t n;
    const char *text = acri_unpack_bytes(u, &n);

    if (memchr(text, '\0', n) != NULL) {
        spoil(u);
        n = 0;
    }
    n = n < size ? n : size - 1;
    memcpy(to, text, n);
    to[n] = '\0';
}

char *acri_unpack_dup(struct acri_unpack *u)
{
    size_t n;
    const char *text = acri_unpack_bytes(u, &n);
    char *copy;

    if (memchr(text, '\0', n) != NULL) {
        spoil(u);
        n = 0;
    }
    copy = acri_alloc(n + 1);
    memcpy(copy, text, n);
    return copy;
}

bool acri_unpack_is_done(const struct acri_unpack *u)
{
    return !u->is_bad && u->at == u->end;
}

/* SPDX-License-Identifier: MIT */
#include "base/crc.h"

enum { LANES = 8 };
static const uint32_t polynomial = 0x82f63b78; /* of CRC-32C, its bits reversed */

/* table[k][b]: the sum of byte b with k bytes of zero after it. */
static uint32_t table[LANES][256];

/* Before main, so that no thread finds it half filled. */
__attribute__((constructor)) static void fill(void)
{
    for (uint32_t b = 0; b < 256; b++) {
        uint32_t x = b;

        for (int bit = 0; bit < 8; bit++)
            x = (x >> 1) ^ ((x & 1) != 0 ? polynomial : 0);
        table[0][b] = x;
    }
    for (uint32_t b = 0; b < 256; b++) {
        for (int k = 1; k < LANES; k++)
            table[k][b] = (table[k - 1][b] >> 8) ^ table[0][table[k - 1][b] & 0xff];
    }
}

/* Eight bytes at a time: what each would become is looked up at once. */
uint32_t acri_crc(uint32_t sum, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint32_t x = ~sum;

    for (; n >= LANES; n -= LANES, p += LANES) {
        x ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        x = table[7][x & 0xff] ^ table[6][(x >> 8) & 0xff] ^ table[5][(x >> 16) & 0xff] ^
            table[4][x >> 24] ^ table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^ table[0][p[7]];
    }
    for (; n > 0; n--, p++)
        x = (x >> 8) ^ table[0][(x ^ *p) & 0xff];
    return ~x;
}

/* SPDX-License-Identifier: MIT */
/* The CRC-32 of zlib and gzip, four bytes a step so that uploads are not held up. */
#include "crc.h"

#include <stdbool.h>

static uint32_t tables[4][256];

static void fill_tables(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? UINT32_C(0xedb88320) : 0);
        }
        tables[0][i] = crc;
    }
    for (uint32_t i = 0; i < 256; i++) {
        for (int t = 1; t < 4; t++) {
            tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xff];
        }
    }
}

uint32_t target_crc_update(uint32_t crc, const void *data, size_t size)
{
    static bool filled;
    const unsigned char *byte = data;

    if (!filled) {
        fill_tables();
        filled = true;
    }
    crc = ~crc;
    for (; size >= 4; size -= 4, byte += 4) {
        crc = tables[3][(crc ^ byte[0]) & 0xff] ^ tables[2][((crc >> 8) ^ byte[1]) & 0xff] ^
              tables[1][((crc >> 16) ^ byte[2]) & 0xff] ^ tables[0][(crc >> 24) ^ byte[3]];
    }
    for (; size > 0; size--, byte++) {
        crc = (crc >> 8) ^ tables[0][(crc ^ *byte) & 0xff];
    }
    return ~crc;
}

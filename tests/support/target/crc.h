/* SPDX-License-Identifier: MIT */
/* The CRC-32 of zlib and gzip. */
#ifndef ACRIDA_TARGET_CRC_H
#define ACRIDA_TARGET_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Continues `crc`, 0 at first, over more bytes. */
uint32_t target_crc_update(uint32_t crc, const void *data, size_t size);

#endif

/* SPDX-License-Identifier: MIT */
/* CRC-32C (Castagnoli): whether bytes that were kept are still what was written. */
#ifndef ACRIDA_BASE_CRC_H
#define ACRIDA_BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Go on from a sum of earlier bytes; 0 at the beginning. Thread: any. */
uint32_t acri_crc(uint32_t sum, const void *bytes, size_t n);

#endif

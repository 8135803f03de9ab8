/* SPDX-License-Identifier: MIT */
/* samples/shop.c as it is, but for the waits: nobody thinks between two steps. */
#include <acrida/acrida.h>

#undef ACR_BETWEEN
#define ACR_BETWEEN(low_s, high_s) ACR_CONSTANT(0)

#include "../../../samples/shop.c"

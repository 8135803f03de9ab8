/* SPDX-License-Identifier: MIT */
/* What every unit test includes first: cmocka, whose header needs these before it. */
#ifndef ACRIDA_TESTS_UNIT_H
#define ACRIDA_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif

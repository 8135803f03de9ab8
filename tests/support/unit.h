/* SPDX-License-Identifier: MIT */
/* What every unit test includes first: cmocka, whose header needs these before it. */
#ifndef ACRIDA_TESTS_UNIT_H
#define ACRIDA_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Everything takes many times as long, and what a sanitizer finds does not depend on how often a
 * thing is tried: loops over seeds and places take fewer of them. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define UNIT_UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define UNIT_UNDER_SANITIZER 1
#endif
#endif
#ifndef UNIT_UNDER_SANITIZER
#define UNIT_UNDER_SANITIZER 0
#endif

#endif
